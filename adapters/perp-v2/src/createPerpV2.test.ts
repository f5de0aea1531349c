import { InvalidInputError } from '@plimsoll/domain'
import { createPublicClient, http } from 'viem'
import { mainnet } from 'viem/chains'
import { describe, expect, test } from 'vitest'
import { perpConfig as config } from '../test/perpConfig.ts'
import { createPerpV2 } from './createPerpV2.ts'

const client = createPublicClient({ chain: mainnet, transport: http('http://127.0.0.1:1') })

describe('createPerpV2', () => {
  test('default', () => {
    const venue = createPerpV2({ client, ...config })
    expect(venue.id).toBe(`perp-v2:${config.clearingHouse}`)
    expect(venue.authorize(config.vault)).toEqual([])
  })
  test('error: InvalidInputError', () => {
    const [market] = config.markets
    const twice = { ...config, markets: market === undefined ? [] : [market, market] }
    const elsewhere = { ...config, chainId: 2 }
    for (const bad of [twice, elsewhere])
      expect(() => createPerpV2({ client, ...bad })).toThrow(InvalidInputError)
  })
})
