import { InvariantError, RAY } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { config, owner } from '../test/fixture.ts'
import { UnsupportedByAdapterError, VenueChangedError } from './errors.ts'
import { parsePosition } from './parse.ts'
import type { RawAccount, RawReserve } from './read.ts'

const now = 1_800_000_000n

const reserve = (id: number, p: Partial<RawReserve> = {}): RawReserve => ({
  reserve: config.reserves[id]!,
  configuration: {
    ltv: 8_000n,
    liquidationThreshold: 8_300n,
    liquidationBonus: 10_500n,
    decimals: config.reserves[id]!.token.decimals,
    liquidationProtocolFee: 1_000n,
    debtCeiling: 0n,
  },
  indexes: {
    liquidityIndex: RAY,
    liquidityRate: 0n,
    variableBorrowIndex: RAY,
    variableBorrowRate: 0n,
    lastUpdate: now,
  },
  price: 1_00000000n,
  scaledCollateral: 0n,
  scaledDebt: 0n,
  stableDebt: 0n,
  ...p,
})

/** 1000 whole WETH at $1 against 415 USDC, as the pool would state it. */
const account: RawAccount = {
  account: owner,
  oracle: config.oracle,
  userConfiguration: 0b01_00_10n,
  eModeCategory: 0n,
  accountData: {
    totalCollateralBase: 1_000_00000000n,
    totalDebtBase: 415_00000000n,
    ltv: 8_000n,
    liquidationThreshold: 8_300n,
    healthFactor: 2n * 10n ** 18n,
  },
  reserves: [
    reserve(0, { scaledCollateral: 1_000n * 10n ** 18n }),
    reserve(1),
    reserve(2, { scaledDebt: 415_000000n }),
  ],
}
const parse = (p: Partial<RawAccount> = {}) => parsePosition(config, { ...account, ...p }, now)

describe('parsePosition', () => {
  test('default: one domain with a leg a token', () => {
    const position = parse()
    expect(position.domain).toBe(`aave-v3:${config.pool}/${owner}`)
    expect(position.healthFactor).toBe(2n * 10n ** 18n)
    expect(position.closeFactor).toBe(5n * 10n ** 17n)
    expect(position.collateral.map(({ raw, value }) => [raw, value])).toEqual([
      [1_000n * 10n ** 18n, 1_000_00000000n],
      [0n, 0n],
      [0n, 0n],
    ])
    expect(position.debt.map(({ raw }) => raw)).toEqual([0n, 0n, 415_000000n])
  })

  test('behavior: a stranger’s gift in another asset is left out, not refused', () => {
    const gift = { ...account.accountData, totalCollateralBase: 1_000_00000001n }
    const position = parse({ userConfiguration: 0b10_01_00_10n, accountData: gift })
    expect(position.healthFactor).toBe(2n * 10n ** 18n)
  })

  test.each<[string, Partial<RawAccount>]>([
    ['an e-mode', { eModeCategory: 1n }],
    ['debt in another asset', { userConfiguration: 0b01_01_00_10n }],
    ['stable debt', { reserves: account.reserves.with(1, reserve(1, { stableDebt: 1n })) }],
    [
      'isolated collateral',
      {
        reserves: account.reserves.with(0, {
          ...account.reserves[0]!,
          configuration: { ...account.reserves[0]!.configuration, debtCeiling: 1n },
        }),
      },
    ],
  ])('error: UnsupportedByAdapterError on %s', (_, p) => {
    expect(() => parse(p)).toThrow(UnsupportedByAdapterError)
  })

  test('error: VenueChangedError when prices come from elsewhere', () => {
    expect(() => parse({ oracle: owner })).toThrow(VenueChangedError)
  })

  test.each(['totalCollateralBase', 'totalDebtBase', 'healthFactor'] as const)(
    'error: InvariantError when our %s is one unit off the pool’s',
    (figure) => {
      const accountData = { ...account.accountData, [figure]: account.accountData[figure] + 1n }
      expect(() => parse({ accountData })).toThrow(InvariantError)
    },
  )
})
