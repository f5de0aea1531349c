import { describe, expect, test } from 'vitest'
import { OWNER, USDC, WBTC, WETH } from '../test/arbitraries.ts'
import { applyAction } from './applyAction.ts'
import { applyIntents } from './applyIntents.ts'
import { InvalidIntentError } from './errors.ts'
import type { Intent, TradeIntent } from './Intent.ts'
import type { LendingPosition, PerpPosition } from './Position.ts'
import { bps, MAX_HEALTH_FACTOR, price, ray, usd, WAD, wad, wadFromBps } from './units.ts'

const base = { venue: 'lender', domain: 'lender/owner' } as const

/** 10 WETH at 2000 against 10000 USDC: health 1.6. */
const loan: LendingPosition = {
  type: 'lending',
  ...base,
  account: OWNER,
  collateral: [
    {
      token: WETH,
      raw: 10n * WAD,
      oraclePrice: price(2_000n * WAD),
      value: usd(20_000n * 10n ** 8n),
      liquidationThreshold: wadFromBps(bps(8_000n)),
      maxLtv: wadFromBps(bps(7_500n)),
      liquidationBonus: wadFromBps(bps(500n)),
      supplyRate: ray(0n),
    },
  ],
  debt: [
    {
      token: USDC,
      raw: 10_000n * 10n ** 6n,
      oraclePrice: price(WAD),
      value: usd(10_000n * 10n ** 8n),
      borrowRate: ray(0n),
    },
  ],
  healthFactor: wad((16n * WAD) / 10n),
  closeFactor: wadFromBps(bps(5_000n)),
}

/** Long 2 ETH bought at 1900, mark 2000, margin 500. */
const account: PerpPosition = {
  type: 'perp',
  venue: 'perp',
  domain: 'perp/owner',
  account: OWNER,
  marginToken: USDC,
  margin: 500n * 10n ** 6n,
  freeCollateral: 100n * 10n ** 6n,
  legs: [
    {
      market: 'vETH',
      asset: 'ETH',
      size: 2n * WAD,
      openNotional: -3_800n * WAD,
      markPrice: price(2_000n * WAD),
      indexPrice: price(2_000n * WAD),
      fundingOwed: 0n,
      fundingRate: wad(0n),
      fundingInterval: 86_400n,
      maintenanceMarginRatio: wadFromBps(bps(625n)),
    },
  ],
  equity: 700n * WAD,
  maintenanceMargin: 250n * WAD,
  pending: null,
  liquidationFee: wadFromBps(bps(250n)),
}

const trade = (size: bigint, change: Partial<TradeIntent> = {}): TradeIntent => ({
  type: 'trade',
  venue: 'perp',
  domain: 'perp/owner',
  market: 'vETH',
  asset: 'ETH',
  size,
  limit: 0n,
  reduceOnly: false,
  ...change,
})

describe('a loan', () => {
  test('default: repay half', () => {
    const next = applyIntents(loan, [
      { type: 'repay', ...base, token: USDC, raw: 5_000n * 10n ** 6n },
    ])
    expect(next.debt[0]).toMatchObject({ raw: 5_000n * 10n ** 6n, value: 5_000n * 10n ** 8n })
    expect(next.healthFactor).toBe((32n * WAD) / 10n)
    expect(loan.debt[0]?.raw).toBe(10_000n * 10n ** 6n)
  })

  test('behavior: a repayment never exceeds the debt', () => {
    const next = applyIntents(loan, [{ type: 'repay', ...base, token: USDC, raw: 10n ** 30n }])
    expect(next.debt[0]?.raw).toBe(0n)
    expect(next.healthFactor).toBe(MAX_HEALTH_FACTOR)
  })

  test('behavior: swaps and other domains leave it alone', () => {
    const intents: Intent[] = [
      { type: 'swap', venue: 'pool', tokenIn: WETH, tokenOut: USDC, amountIn: 1n, minOut: 0n },
      { type: 'withdraw', venue: 'lender', domain: 'other', token: WETH, raw: 1n },
    ]
    expect(applyIntents(loan, intents)).toBe(loan)
  })

  test('error: InvalidIntentError', () => {
    const refused: Intent[] = [
      { type: 'withdraw', ...base, token: WETH, raw: 11n * WAD },
      { type: 'supply', ...base, token: WBTC, raw: 1n },
      { type: 'borrow', ...base, token: WETH, raw: 1n },
      trade(1n, base),
    ]
    for (const intent of refused)
      expect(() => applyIntents(loan, [intent])).toThrow(InvalidIntentError)
  })
})

describe('a perp account', () => {
  test('default: closing half realises half the profit', () => {
    const next = applyIntents(account, [trade(-WAD)])
    expect(next.legs[0]).toMatchObject({ size: WAD, openNotional: -1_900n * WAD })
    expect(next.margin).toBe(600n * 10n ** 6n)
    expect(next.equity).toBe(700n * WAD)
    expect(next.maintenanceMargin).toBe(125n * WAD)
  })

  test('behavior: a flip realises all and opens at the mark', () => {
    const next = applyIntents(account, [trade(-3n * WAD)])
    expect(next.legs[0]).toMatchObject({ size: -WAD, openNotional: 2_000n * WAD })
    expect(next.margin).toBe(700n * 10n ** 6n)
    expect(next.equity).toBe(700n * WAD)
  })

  test('behavior: enlarging leaves nothing that can surely be withdrawn', () => {
    const next = applyIntents(account, [trade(WAD)])
    expect(next.legs[0]).toMatchObject({ size: 3n * WAD, openNotional: -5_800n * WAD })
    expect(next.freeCollateral).toBe(0n)
  })

  test('behavior: an action pays what it states', () => {
    const next = applyAction(account, {
      intents: [trade(-WAD)],
      cost: {
        slippage: usd(10n * 10n ** 8n),
        fees: usd(2n * 10n ** 8n),
        gas: usd(99n * 10n ** 8n),
      },
    })
    expect(next.equity).toBe(688n * WAD)
    expect(next.margin).toBe(588n * 10n ** 6n)
  })

  test('behavior: margin moves equity at face value', () => {
    const at = { venue: 'perp', domain: 'perp/owner', token: USDC }
    const more = applyIntents(account, [{ type: 'supply', ...at, raw: 50n * 10n ** 6n }])
    expect([more.margin, more.freeCollateral, more.equity]).toEqual([
      550n * 10n ** 6n,
      150n * 10n ** 6n,
      750n * WAD,
    ])
    const less = applyIntents(account, [{ type: 'withdraw', ...at, raw: 100n * 10n ** 6n }])
    expect([less.margin, less.freeCollateral, less.equity]).toEqual([
      400n * 10n ** 6n,
      0n,
      600n * WAD,
    ])
  })

  test('error: InvalidIntentError', () => {
    const at = { venue: 'perp', domain: 'perp/owner' }
    const refused: Intent[] = [
      { type: 'withdraw', ...at, token: USDC, raw: 101n * 10n ** 6n },
      { type: 'supply', ...at, token: WETH, raw: 1n },
      { type: 'borrow', ...at, token: USDC, raw: 1n },
      trade(1n, { market: 'vBTC' }),
      trade(WAD, { reduceOnly: true }),
      trade(-3n * WAD, { reduceOnly: true }),
    ]
    for (const intent of refused)
      expect(() => applyIntents(account, [intent])).toThrow(InvalidIntentError)
  })
})

describe('cancel', () => {
  const pending = {
    market: 'vETH',
    asset: 'ETH',
    size: -WAD,
    committedAt: 100n,
    executableAt: 102n,
    expiresAt: 160n,
  }
  const intent = { type: 'cancel', venue: 'perp', domain: 'perp/owner', market: 'vETH' } as const

  test('default: the pending trade is gone, nothing else changes', () => {
    const waiting = { ...account, pending: { ...pending, market: account.legs[0]!.market } }
    const market = account.legs[0]!.market
    expect(applyIntents(waiting, [{ ...intent, domain: account.domain, market }])).toEqual({
      ...waiting,
      pending: null,
    })
  })

  test('error: InvalidIntentError when nothing is pending', () => {
    expect(() => applyIntents(account, [{ ...intent, domain: account.domain }])).toThrow(
      InvalidIntentError,
    )
  })
})

describe('a requirement with a fixed part', () => {
  const fixed = 2n * WAD
  const charged = { ...account, maintenanceMargin: account.maintenanceMargin + fixed }
  const close = (size: bigint) =>
    applyIntents(charged, [
      {
        type: 'trade',
        venue: account.venue,
        domain: account.domain,
        market: account.legs[0]!.market,
        asset: 'ETH',
        size: -size,
        limit: 1n,
        reduceOnly: true,
      },
    ])

  test('behavior: it stays while a part is open and goes with the last of it', () => {
    const { size } = account.legs[0]!
    expect(close(size / 2n).maintenanceMargin).toBe(account.maintenanceMargin / 2n + fixed)
    expect(close(size).maintenanceMargin).toBe(0n)
  })
})
