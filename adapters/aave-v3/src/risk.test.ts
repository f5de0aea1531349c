import { MAX_HEALTH_FACTOR, RAY, WAD } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { type AccountLeg, accountData, closeFactor, liquidationAmounts } from './risk.ts'

const weth: AccountLeg = {
  collateral: 10n ** 19n,
  debt: 0n,
  price: 2_000_00000000n,
  decimals: 18,
  ltv: 8_000n,
  liquidationThreshold: 8_300n,
}
const usdc: AccountLeg = {
  collateral: 0n,
  debt: 8_300_000000n,
  price: 1_00000000n,
  decimals: 6,
  ltv: 7_700n,
  liquidationThreshold: 8_000n,
}

describe('accountData', () => {
  test('default: totals, means and health', () => {
    expect(accountData([weth, usdc])).toEqual({
      totalCollateralBase: 20_000_00000000n,
      totalDebtBase: 8_300_00000000n,
      ltv: 8_000n,
      liquidationThreshold: 8_300n,
      healthFactor: 2n * WAD,
      hasZeroLtvCollateral: false,
    })
  })

  test('behavior: the mean threshold is cut to whole basis points', () => {
    const dust: AccountLeg = { ...usdc, debt: 0n, collateral: 1_000000n }
    const mixed = accountData([weth, dust, usdc])
    expect(mixed.liquidationThreshold).toBe(8_299n)
    expect(mixed.healthFactor < 2n * WAD).toBe(true) // a dollar more of collateral, and health falls
  })

  test('behavior: nothing owed is the largest health, nothing held the smallest', () => {
    expect(accountData([weth]).healthFactor).toBe(MAX_HEALTH_FACTOR)
    expect(accountData([]).healthFactor).toBe(MAX_HEALTH_FACTOR)
    expect(accountData([usdc]).healthFactor).toBe(0n)
  })

  test('behavior: collateral without a threshold does not count, without a ltv it is named', () => {
    expect(accountData([{ ...weth, liquidationThreshold: 0n }]).totalCollateralBase).toBe(0n)
    const frozen = accountData([{ ...weth, ltv: 0n }])
    expect(frozen).toMatchObject({
      ltv: 0n,
      liquidationThreshold: 8_300n,
      hasZeroLtvCollateral: true,
    })
  })
})

describe('closeFactor', () => {
  test('default: half above 0.95, all at and below', () => {
    const edge = 95n * 10n ** 16n
    expect([closeFactor(edge + 1n), closeFactor(edge)]).toEqual([5_000n, 10_000n])
  })
})

describe('liquidationAmounts', () => {
  const p = {
    debtToCover: 10n ** 30n,
    healthFactor: 96n * 10n ** 16n,
    debt: { raw: 8_000_000000n, price: 1_00000000n, decimals: 6 },
    collateral: {
      scaled: 10n ** 19n,
      index: RAY,
      price: 2_000_00000000n,
      decimals: 18,
      liquidationBonus: 10_500n,
      liquidationProtocolFee: 1_000n,
    },
  }

  test('default: half the debt for its worth and the bonus, a tenth of which is the treasury’s', () => {
    expect(liquidationAmounts(p)).toEqual({
      debtRepaid: 4_000_000000n,
      collateralSeized: 2_090000000000000000n,
      protocolFee: 10000000000000000n,
    })
  })

  test('behavior: too little collateral limits what is repaid', () => {
    const short = { ...p, collateral: { ...p.collateral, scaled: 1_050000000000000000n } }
    const amounts = liquidationAmounts({ ...short, healthFactor: 1n })
    expect(amounts.debtRepaid).toBe(2_000_000000n)
    expect(amounts.collateralSeized + amounts.protocolFee).toBe(1_050000000000000000n)
  })
})
