import { InvalidIntentError, type PerpIntent, type TradeIntent } from '@plimsoll/domain'
import { decodeFunctionData, getAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { synthetixConfig as config } from '../test/synthetixConfig.ts'
import { marketAbi as abi } from './abi.ts'
import { domainId } from './domainId.ts'
import { encodeIntent } from './encodeIntent.ts'

const ONE = 10n ** 18n
const venue = `synthetix-perps-v2:${config.addressResolver}`
const owner = `0x${'7'.repeat(40)}` as const
const other = `0x${'8'.repeat(40)}` as const
const own = { venue, domain: domainId(venue, 'BTC-PERP', owner) }
const trade: TradeIntent = {
  type: 'trade',
  ...own,
  market: 'BTC-PERP',
  asset: 'BTC',
  size: 2n * ONE,
  limit: 80_000n * ONE,
  reduceOnly: false,
}
const supply = { type: 'supply', ...own, token: config.marginToken, raw: ONE } as const

const encode = (intent: PerpIntent, sender: typeof owner | typeof other = owner) =>
  encodeIntent({ venue, config, intent, context: { owner, sender, deadline: 77n } })
const decode = (intent: PerpIntent) => {
  const [call, ...others] = encode(intent)
  expect([others.length, call?.to, call?.value]).toEqual([0, config.markets[1]?.address, 0n])
  return decodeFunctionData({ abi, data: call?.data ?? '0x' })
}

describe('trade', () => {
  const priceOf = (intent: TradeIntent) => decode(intent).args?.[1]

  test('default: an off-chain order at the price of its limit', () => {
    expect(decode(trade)).toMatchObject({
      functionName: 'submitOffchainDelayedOrder',
      args: [2n * ONE, 40_000n * ONE],
    })
    expect(encode(trade)[0]?.label).toBe('order to buy 2 BTC-PERP at at most 40000 USD')
    expect(encode({ ...trade, size: -2n * ONE })[0]?.label).toBe(
      'order to sell 2 BTC-PERP at at least 40000 USD',
    )
  })
  test('behavior: the price is rounded to the side of the owner', () => {
    const size = 3n * ONE
    expect(priceOf({ ...trade, size, limit: 100n })).toBe(33n)
    expect(priceOf({ ...trade, size: -size, limit: 100n })).toBe(34n)
  })
  test('behavior: a price that would be cut when stored is the largest, or refused', () => {
    const limit = 2n ** 140n
    expect(priceOf({ ...trade, size: 1n, limit })).toBe(2n ** 128n - 1n)
    expect(() => encode({ ...trade, size: -1n, limit })).toThrow(InvalidIntentError)
  })
  test('error: InvalidIntentError', () => {
    for (const bad of [
      { ...trade, limit: 0n },
      { ...trade, limit: 1n }, // a price of 0
      { ...trade, size: 0n },
      { ...trade, size: 2n ** 127n },
      { ...trade, asset: 'ETH' },
      { ...trade, market: 'ETH-PERP' },
      { ...trade, domain: domainId(venue, 'BTC-PERP', other) },
      { ...trade, venue: 'elsewhere' },
    ])
      expect(() => encode(bad)).toThrow(InvalidIntentError)
    expect(() => encode(trade, other)).toThrow(InvalidIntentError)
  })
})

describe('cancel', () => {
  const cancel = { type: 'cancel', ...own, market: 'BTC-PERP' } as const
  test('default: the owner’s own order', () => {
    expect(decode(cancel)).toEqual({
      functionName: 'cancelOffchainDelayedOrder',
      args: [getAddress(owner)],
    })
  })
  test('error: InvalidIntentError', () => {
    expect(() => encode({ ...cancel, market: 'ETH-PERP' })).toThrow(InvalidIntentError)
    expect(() => encode(cancel, other)).toThrow(InvalidIntentError)
  })
})

describe('margin', () => {
  test('default: one transfer, signed, without an approval', () => {
    expect(decode(supply)).toMatchObject({ functionName: 'transferMargin', args: [ONE] })
    expect(decode({ ...supply, type: 'withdraw' })).toMatchObject({ args: [-ONE] })
    expect(encode(supply)[0]?.label).toBe('deposit 1 sUSD to BTC-PERP')
  })
  test('error: InvalidIntentError, for nobody pays margin in for somebody else', () => {
    expect(() => encode(supply, other)).toThrow(InvalidIntentError)
    expect(() => encode({ ...supply, raw: 0n })).toThrow(InvalidIntentError)
    const token = { ...config.marginToken, address: other }
    expect(() => encode({ ...supply, token })).toThrow(InvalidIntentError)
  })
})
