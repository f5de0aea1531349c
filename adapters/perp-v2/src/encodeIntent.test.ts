import { InvalidIntentError, type PerpIntent, type TradeIntent } from '@plimsoll/domain'
import { decodeFunctionData, erc20Abi, getAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { perpConfig as config } from '../test/perpConfig.ts'
import { clearingHouseAbi, vaultAbi } from './abi.ts'
import { domainId } from './domainId.ts'
import { encodeIntent } from './encodeIntent.ts'

const venue = `perp-v2:${config.clearingHouse}`
const owner = `0x${'7'.repeat(40)}` as const
const other = `0x${'8'.repeat(40)}` as const
const own = { venue, domain: domainId(venue, owner) }
const trade: TradeIntent = {
  type: 'trade',
  ...own,
  market: 'BTC',
  asset: 'BTC',
  size: 5n,
  limit: 9n,
  reduceOnly: false,
}
const supply = { type: 'supply', ...own, token: config.marginToken, raw: 1_500_000n } as const

const encode = (intent: PerpIntent, sender: typeof owner | typeof other = owner) =>
  encodeIntent({ venue, config, intent, context: { owner, sender, deadline: 77n } })

describe('trade', () => {
  const argsOf = (intent: TradeIntent) => {
    const [call] = encode(intent)
    expect(call?.to).toBe(config.clearingHouse)
    return decodeFunctionData({ abi: clearingHouseAbi, data: call?.data ?? '0x' }).args[0]
  }
  test('behavior: a purchase is exact in base and bounds the quote paid', () => {
    expect(argsOf(trade)).toMatchObject({
      baseToken: config.markets[1]?.baseToken,
      isBaseToQuote: false,
      isExactInput: false,
      amount: 5n,
      oppositeAmountBound: 9n,
      deadline: 77n,
      sqrtPriceLimitX96: 0n,
    })
  })
  test('behavior: a sale is exact in base and bounds the quote received', () => {
    expect(argsOf({ ...trade, size: -5n })).toMatchObject({
      isBaseToQuote: true,
      isExactInput: true,
      amount: 5n,
      oppositeAmountBound: 9n,
    })
  })
  test('error: InvalidIntentError', () => {
    for (const bad of [
      { ...trade, limit: 0n }, // the protocol reads 0 as no limit
      { ...trade, size: 0n },
      { ...trade, asset: 'ETH' },
      { ...trade, domain: domainId(venue, other) },
    ])
      expect(() => encode(bad)).toThrow(InvalidIntentError)
    expect(() => encode(trade, other)).toThrow(InvalidIntentError)
  })
})

describe('cancel', () => {
  test('error: InvalidIntentError, as nothing waits to be filled', () => {
    expect(() => encode({ type: 'cancel', ...own, market: 'BTC' })).toThrow(InvalidIntentError)
  })
})

describe('margin', () => {
  test('behavior: a deposit approves the vault for exactly what it takes', () => {
    const [approve, deposit] = encode(supply)
    expect(approve?.to).toBe(config.marginToken.address)
    expect(decodeFunctionData({ abi: erc20Abi, data: approve?.data ?? '0x' })).toMatchObject({
      functionName: 'approve',
      args: [getAddress(config.vault), 1_500_000n],
    })
    expect(decodeFunctionData({ abi: vaultAbi, data: deposit?.data ?? '0x' }).functionName).toBe(
      'deposit',
    )
    expect(deposit?.label).toBe('deposit 1.5 USDC')
  })
  test('behavior: somebody else deposits for the owner', () => {
    const [, deposit] = encode(supply, other)
    const { functionName, args } = decodeFunctionData({
      abi: vaultAbi,
      data: deposit?.data ?? '0x',
    })
    expect([functionName, String(args[0]).toLowerCase()]).toEqual(['depositFor', owner])
  })
  test('behavior: a withdrawal is one call of the owner', () => {
    const calls = encode({ ...supply, type: 'withdraw' })
    expect(calls).toHaveLength(1)
    expect(calls[0]?.to).toBe(config.vault)
    expect(() => encode({ ...supply, type: 'withdraw' }, other)).toThrow(InvalidIntentError)
  })
})
