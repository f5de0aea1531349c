import { type Address, priceFromNumber, usd, WAD } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { synthetixPerpsV2Rules } from './synthetixPerpsV2Rules.ts'

const at = (digit: string): Address => `0x${digit.repeat(40)}`
const [owner, executor, market] = [at('1'), at('2'), at('3')]
const rules = synthetixPerpsV2Rules({
  markets: [{ name: 'sETHPERP', asset: 'ETH', address: market, key: '0x', baseAsset: '0x' }],
})
const context = {
  owner,
  sender: owner,
  time: 0n,
  references: new Map([['ETH', priceFromNumber(2_000)]]),
}
const order = rules.find(({ abi }) => abi.name === 'submitOffchainDelayedOrder')
const judge = (size: bigint, price: bigint, seen = context): string | null =>
  order?.check([size, price], seen)?.rule ?? null

describe('synthetixPerpsV2Rules', () => {
  test('default: a price up to 500 bps worse than the reference passes', () => {
    expect(judge(WAD, 2_100n * WAD)).toBeNull()
    expect(judge(-WAD, 1_900n * WAD)).toBeNull()
  })

  test.each([
    ['a purchase at any price', WAD, 2n ** 128n - 1n],
    ['a purchase beyond the bound', WAD, 2_100n * WAD + 1n],
    ['a sale for next to nothing', -WAD, 1n],
    ['a sale beyond the bound', -WAD, 1_900n * WAD - 1n],
  ])('behavior: %s is denied', (_, size, price) => {
    expect(judge(size, price)).toBe('synthetix-perps-v2 price')
  })

  test('behavior: without a reference, or by another than the owner, nothing is traded', () => {
    expect(judge(WAD, 2_000n * WAD, { ...context, references: new Map() })).toBe(
      'synthetix-perps-v2 reference',
    )
    expect(judge(WAD, 2_000n * WAD, { ...context, sender: executor })).toBe(
      'synthetix-perps-v2 owner-acts',
    )
  })

  test('behavior: what is traded is the size at the reference', () => {
    expect(order?.traded?.([-3n * WAD, 1n], context)).toBe(usd(6_000_00000000n))
  })
})
