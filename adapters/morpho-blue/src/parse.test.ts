import { MAX_HEALTH_FACTOR, price, ray, usd, WAD, wad } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { BLOCK, MARKET, OWNER, READING, USDC, VENUE, WETH } from '../test/fixtures.ts'
import { marketId } from './Market.ts'
import { parsePosition } from './parse.ts'

const parse = (reading = READING, block = BLOCK) =>
  parsePosition({ venue: VENUE, market: MARKET, account: OWNER, block, reading })

test('default: both legs in the units of the domain', () => {
  expect(parse()).toEqual({
    type: 'lending',
    venue: VENUE,
    domain: `${VENUE}/${marketId(MARKET.params)}/${OWNER}`,
    account: OWNER,
    collateral: [
      {
        token: WETH,
        raw: 10n * WAD,
        oraclePrice: price(2_000n * WAD),
        value: usd(20_000_00000000n),
        liquidationThreshold: wad((86n * WAD) / 100n),
        maxLtv: wad((86n * WAD) / 100n),
        liquidationBonus: wad(43_841_336_116_910_229n),
        supplyRate: ray(0n),
      },
    ],
    debt: [
      {
        token: USDC,
        raw: 10_000_000_000n,
        oraclePrice: price(WAD),
        value: usd(10_000_00000000n),
        borrowRate: ray(READING.borrowRate * 31_536_000n * 10n ** 9n),
        shares: 10_000_000_000_000_000n,
      },
    ],
    healthFactor: wad((172n * WAD) / 100n),
    closeFactor: wad(WAD),
  })
})

test('behavior: interest runs to the time of the block', () => {
  const later = parse(READING, { ...BLOCK, timestamp: BLOCK.timestamp + 31_536_000n })
  expect(Number(later.debt[0]?.raw) / 1e6).toBeCloseTo(10_000 * Math.exp(0.04), 1)
  expect(later.debt[0]?.shares).toBe(parse().debt[0]?.shares)
})

test('behavior: the collateral price follows the price of the loan token', () => {
  const { collateral, debt, healthFactor } = parse({ ...READING, loanPrice: price(WAD / 2n) })
  expect(collateral[0]?.oraclePrice).toBe(price(1_000n * WAD))
  expect(debt[0]?.value).toBe(usd(5_000_00000000n))
  expect(healthFactor).toBe(wad((172n * WAD) / 100n))
})

test('behavior: an empty account keeps both legs and cannot be liquidated', () => {
  const empty = parse({ ...READING, borrower: { borrowShares: 0n, collateral: 0n } })
  expect(empty.collateral.map(({ raw }) => raw)).toEqual([0n])
  expect(empty.debt.map(({ raw }) => raw)).toEqual([0n])
  expect(empty.healthFactor).toBe(MAX_HEALTH_FACTOR)
})
