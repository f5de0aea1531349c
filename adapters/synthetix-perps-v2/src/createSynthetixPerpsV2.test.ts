import { InvalidInputError } from '@plimsoll/domain'
import { createPublicClient, http } from 'viem'
import { mainnet } from 'viem/chains'
import { describe, expect, test } from 'vitest'
import { synthetixConfig as config } from '../test/synthetixConfig.ts'
import { createSynthetixPerpsV2 } from './createSynthetixPerpsV2.ts'

const client = createPublicClient({ chain: mainnet, transport: http('http://127.0.0.1:1') })

describe('createSynthetixPerpsV2', () => {
  test('default', () => {
    const venue = createSynthetixPerpsV2({ client, ...config })
    expect(venue.id).toBe(`synthetix-perps-v2:${config.addressResolver}`)
    expect(venue.authorize(config.exchanger)).toEqual([])
  })
  test('error: InvalidInputError', () => {
    const [eth] = config.markets
    const { marginToken } = config
    for (const bad of [
      { ...config, chainId: 2 },
      { ...config, marginToken: { ...marginToken, decimals: 6 } },
      { ...config, markets: eth === undefined ? [] : [eth, { ...eth, name: 'other' }] },
    ])
      expect(() => createSynthetixPerpsV2({ client, ...bad })).toThrow(InvalidInputError)
  })
})
