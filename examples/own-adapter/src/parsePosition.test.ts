import { MAX_HEALTH_FACTOR, price, usd, WAD, wad } from '@plimsoll/domain'
import { SIMULATED_USDC, SIMULATED_WETH } from '@plimsoll/testkit'
import { expect, test } from 'vitest'
import { parsePosition } from './parsePosition.ts'

const whose = {
  venue: 'pond',
  domain: 'pond/0x1',
  account: '0x1',
  collateral: SIMULATED_WETH,
  loan: SIMULATED_USDC,
} as const
const prices = { collateral: 2_000_00000000n, loan: 1_00000000n }

test('default: native units become domain units', () => {
  const native = { collateral: 3n * WAD, shares: 2_000_000000n, index: (3n * WAD) / 2n, prices }
  const position = parsePosition(native, whose)
  expect(position.collateral).toMatchObject([
    { raw: 3n * WAD, oraclePrice: price(2_000n * WAD), value: usd(6_000_00000000n) },
  ])
  expect(position.debt).toMatchObject([
    { raw: 3_000_000000n, oraclePrice: price(WAD), value: usd(3_000_00000000n) },
  ])
  expect(position.healthFactor).toBe(wad((16n * WAD) / 10n)) // 6,000 × 80 % ÷ 3,000
})

test('behavior: a part of a unit of debt is a whole one, a part of a unit of collateral none', () => {
  const native = { collateral: 1n, shares: 1n, index: WAD + 1n, prices }
  const position = parsePosition(native, whose)
  expect(position.collateral).toMatchObject([{ raw: 1n, value: usd(0n) }])
  expect(position.debt).toMatchObject([{ raw: 2n, value: usd(200n) }])
  expect(position.healthFactor).toBe(wad(0n))
})

test('behavior: without debt health is the largest there is', () => {
  const native = { collateral: WAD, shares: 0n, index: WAD, prices }
  expect(parsePosition(native, whose).healthFactor).toBe(MAX_HEALTH_FACTOR)
})
