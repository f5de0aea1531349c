import type { TokenSymbol } from '@plimsoll/devnet'
import type {
  Address,
  Frame,
  LendingPosition,
  MarginIntent,
  PerpPosition,
  SwapIntent,
  TradeIntent,
} from '@plimsoll/domain'
import {
  assess,
  createStaticThreshold,
  DEFAULT_ASSESS_CONFIG,
  DEFAULT_STATIC_THRESHOLD,
  type Routes,
  type StaticThresholdConfig,
} from '@plimsoll/risk'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Book, readBook } from './readBook.ts'
import {
  type ActionDraft,
  aaveOf,
  morphoOf,
  perpOf,
  rawOf,
  type Stage,
  startStage,
} from './startStage.ts'

/** Units that Aave's rounding may leave with an executor. */
const DUST = 2n
/** Share by which interest of a few blocks may raise a debt or a supply. */
const INTEREST = 1_000_000n

let stage: Stage
let owner: Address
let restore: () => Promise<void>
let before: Book
let frame: Frame

beforeAll(async () => {
  stage = await startStage()
  owner = stage.devnet.accounts.owner.address
})
afterAll(() => stage?.devnet.stop())
beforeEach(async () => {
  restore = await stage.checkpoint()
  before = await book()
  frame = await stage.frame()
})
afterEach(async () => {
  const left = await readBook(stage.devnet, stage.executor)
  await restore()
  expect(left.wallet).toEqual({ WETH: 0n, WBTC: 0n, USDC: 0n })
  for (const [symbol, raw] of Object.entries(left.aave.supplied))
    expect(raw <= DUST, `${raw} of ${symbol} left on Aave in the executor's name`).toBe(true)
  expect(left.aave.owed).toEqual({ WETH: 0n, WBTC: 0n, USDC: 0n })
  for (const { collateral, debtShares } of Object.values(left.morpho))
    expect([collateral, debtShares]).toEqual([0n, 0n])
  expect([left.perp.margin, left.ether]).toEqual([0n, 0n])
})

const book = (): Promise<Book> => readBook(stage.devnet, owner)
const tokenOf = (symbol: TokenSymbol) => stage.venues.tokens[symbol]
const whole = (symbol: TokenSymbol, amount: number): bigint =>
  BigInt(Math.round(amount * 1e6)) * 10n ** BigInt(tokenOf(symbol).decimals - 6)
const usdc = (amount: number): bigint => whole('USDC', amount)

const margin = <T extends MarginIntent['type']>(
  type: T,
  { venue, domain }: LendingPosition | PerpPosition,
  symbol: TokenSymbol,
  raw: bigint,
) => ({ type, venue, domain, token: tokenOf(symbol), raw })

/** A sale of `raw` into USDC for at least 99 % of its quote. */
async function sale(symbol: TokenSymbol, raw: bigint): Promise<SwapIntent> {
  const [uniswap] = stage.venues.swaps
  const intent = {
    type: 'swap',
    venue: uniswap!.id,
    tokenIn: tokenOf(symbol),
    tokenOut: tokenOf('USDC'),
    amountIn: raw,
  } as const
  const { amountOut } = await uniswap!.quote(intent, frame.block)
  return { ...intent, minOut: (amountOut * 99n) / 100n }
}

/** Repay with a loan, withdraw what that frees, sell it, pay the lender back. */
async function deleverage(
  position: LendingPosition,
  symbol: TokenSymbol,
  raw: bigint,
): Promise<ActionDraft> {
  const swap = await sale(symbol, raw)
  const owed = rawOf(position.debt, 'USDC')
  const all = owed + owed / 100_000n // a whole debt grows until it is paid
  const repaid = swap.minOut < all ? swap.minOut : all
  return {
    type: 'deleverage',
    domain: position.domain,
    settlement: 'atomic',
    flashLoan: { token: tokenOf('USDC'), raw: repaid },
    intents: [
      margin('repay', position, 'USDC', repaid),
      margin('withdraw', position, symbol, raw),
      swap,
    ],
  }
}

/** A trade of signed `size` for at most a hundredth worse than its quote. */
async function trade(
  perp: PerpPosition,
  asset: 'ETH' | 'BTC',
  size: bigint,
  reduceOnly: boolean,
): Promise<TradeIntent> {
  const intent = {
    type: 'trade',
    venue: perp.venue,
    domain: perp.domain,
    market: `${asset}-PERP`,
    asset,
    size,
    reduceOnly,
  } as const
  const { notional } = await stage.venues.perps[0]!.quote(intent, frame.block, owner)
  return { ...intent, limit: (notional * (size > 0n ? 101n : 99n)) / 100n }
}

/** Debt after `paid`, and perhaps a little interest. */
function expectOwed(found: bigint, had: bigint, paid: bigint): void {
  const [least, most] = [had - paid - 1n, had - paid + had / INTEREST]
  expect(least <= found && found <= most, `${found} owed, allowed ${least} to ${most}`).toBe(true)
}

/** Collateral on Aave after a change, to a unit of rounding and perhaps a little interest. */
function expectSupplied(found: bigint, expected: bigint): void {
  const most = expected + DUST + expected / INTEREST
  expect(expected - DUST <= found && found <= most, `${found} against ${expected}`).toBe(true)
}

describe('repay', () => {
  test('part of a debt on Aave from the reserve', async () => {
    const aave = aaveOf(frame)
    await stage.carryOut({
      type: 'repay',
      domain: aave.domain,
      intents: [margin('repay', aave, 'USDC', usdc(10_000))],
    })
    const after = await book()
    expect(before.wallet.USDC - after.wallet.USDC).toBe(usdc(10_000))
    expectOwed(after.aave.owed.USDC, before.aave.owed.USDC, usdc(10_000))
    expect(after.aave.health > before.aave.health).toBe(true)
    expect(after.aave.supplied.WBTC).toBe(before.aave.supplied.WBTC)
  })

  test('part of a debt on Morpho from the reserve', async () => {
    const morpho = morphoOf(frame, 'WBTC')
    await stage.carryOut({
      type: 'repay',
      domain: morpho.domain,
      intents: [margin('repay', morpho, 'USDC', usdc(10_000))],
    })
    const after = await book()
    expect(before.wallet.USDC - after.wallet.USDC).toBe(usdc(10_000))
    expectOwed(after.morpho.WBTC.owed, before.morpho.WBTC.owed, usdc(10_000))
    expect(after.morpho.WETH).toEqual({ ...before.morpho.WETH, owed: expect.any(BigInt) })
  })

  test('the whole debt on Morpho, without dust', async () => {
    await stage.devnet.mint('USDC', owner, usdc(100_000))
    const now = await stage.frame()
    const morpho = morphoOf(now, 'WETH')
    const owed = rawOf(morpho.debt, 'USDC')
    await stage.carryOut({
      type: 'repay',
      domain: morpho.domain,
      intents: [margin('repay', morpho, 'USDC', owed)],
    })
    const after = await book()
    expect(after.morpho.WETH).toEqual({ ...before.morpho.WETH, debtShares: 0n, owed: 0n })
    const paid = before.wallet.USDC + usdc(100_000) - after.wallet.USDC
    expect(owed <= paid && paid <= owed + owed / INTEREST, `${paid} paid of ${owed}`).toBe(true)
  })
})

describe('add-collateral', () => {
  test('WETH on Aave', async () => {
    await stage.devnet.mint('WETH', owner, whole('WETH', 5))
    const aave = aaveOf(frame)
    await stage.carryOut({
      type: 'add-collateral',
      domain: aave.domain,
      intents: [margin('supply', aave, 'WETH', whole('WETH', 5))],
    })
    const after = await book()
    expect(after.wallet.WETH).toBe(0n)
    expectSupplied(after.aave.supplied.WETH, before.aave.supplied.WETH + whole('WETH', 5))
    expect(after.aave.health > before.aave.health).toBe(true)
  })

  test('WBTC on Morpho', async () => {
    await stage.devnet.mint('WBTC', owner, whole('WBTC', 0.75))
    const morpho = morphoOf(frame, 'WBTC')
    await stage.carryOut({
      type: 'add-collateral',
      domain: morpho.domain,
      intents: [margin('supply', morpho, 'WBTC', whole('WBTC', 0.75))],
    })
    const after = await book()
    expect(after.wallet.WBTC).toBe(0n)
    expect(after.morpho.WBTC.collateral - before.morpho.WBTC.collateral).toBe(75_000_000n)
    expect(after.morpho.WBTC.debtShares).toBe(before.morpho.WBTC.debtShares)
  })

  test('USDC as margin of a perp account', async () => {
    const perp = perpOf(frame)
    await stage.carryOut({
      type: 'add-collateral',
      domain: perp.domain,
      intents: [margin('supply', perp, 'USDC', usdc(5_000))],
    })
    const after = await book()
    expect(before.wallet.USDC - after.wallet.USDC).toBe(usdc(5_000))
    expect(after.perp.margin - before.perp.margin).toBe(usdc(5_000))
    expect(after.perp.size).toEqual(before.perp.size)
  })
})

describe('transfer', () => {
  const move = (
    symbol: 'WETH' | 'WBTC',
    raw: bigint,
    from: LendingPosition,
    to: LendingPosition,
  ): ActionDraft => ({
    type: 'transfer',
    domain: to.domain,
    intents: [margin('withdraw', from, symbol, raw), margin('supply', to, symbol, raw)],
  })

  test.each([
    ['WBTC', 0.4],
    ['WETH', 12.5],
  ] as const)('%s from Aave to Morpho and back', async (symbol, amount) => {
    const raw = whole(symbol, amount)
    const [aave, morpho] = [aaveOf(frame), morphoOf(frame, symbol)]
    await stage.carryOut(move(symbol, raw, aave, morpho))
    const middle = await book()
    expect(middle.wallet).toEqual(before.wallet)
    expect(middle.morpho[symbol].collateral - before.morpho[symbol].collateral).toBe(raw)
    expectSupplied(middle.aave.supplied[symbol], before.aave.supplied[symbol] - raw)
    expect(middle.aave.health < before.aave.health).toBe(true)

    await stage.carryOut(move(symbol, raw, morpho, aave))
    const after = await book()
    expect(after.wallet).toEqual(before.wallet)
    expect(after.morpho[symbol].collateral).toBe(before.morpho[symbol].collateral)
    expectSupplied(after.aave.supplied[symbol], before.aave.supplied[symbol])
  })

  test('the whole of a collateral in one transaction, without a loan', async () => {
    const [aave, morpho] = [aaveOf(frame), morphoOf(frame, 'WBTC')]
    const raw = rawOf(aave.collateral, 'WBTC')
    const [order] = await stage.carryOut({
      ...move('WBTC', raw, aave, morpho),
      settlement: 'atomic',
    })
    expect(order?.transactions.length).toBe(1)
    const after = await book()
    expect(after.aave.supplied.WBTC).toBe(0n)
    expect(after.morpho.WBTC.collateral - before.morpho.WBTC.collateral).toBe(raw)
    expect(after.wallet).toEqual(before.wallet)
  })

  test.each(['Aave', 'Morpho'] as const)(
    'free margin of a perp account to a debt on %s',
    async (where) => {
      const perp = perpOf(frame)
      const loan = where === 'Aave' ? aaveOf(frame) : morphoOf(frame, 'WBTC')
      await stage.carryOut({
        type: 'transfer',
        domain: loan.domain,
        intents: [
          margin('withdraw', perp, 'USDC', usdc(8_000)),
          margin('repay', loan, 'USDC', usdc(8_000)),
        ],
      })
      const after = await book()
      expect(after.wallet).toEqual(before.wallet)
      const free = before.perp.free - after.perp.free
      expect(free >= usdc(8_000) - 10n && free <= usdc(8_001), `${free} less free`).toBe(true)
      const [had, has] =
        where === 'Aave'
          ? [before.aave.owed.USDC, after.aave.owed.USDC]
          : [before.morpho.WBTC.owed, after.morpho.WBTC.owed]
      expectOwed(has, had, usdc(8_000))
    },
  )
})

describe('deleverage in one transaction with a flash loan', () => {
  test('part of the WETH on Aave', async () => {
    const aave = aaveOf(frame)
    const raw = whole('WETH', 20)
    const draft = await deleverage(aave, 'WETH', raw)
    const [order] = await stage.carryOut(draft)
    expect(order?.transactions.length).toBe(1)
    const after = await book()
    const repaid = draft.flashLoan!.raw
    expectOwed(after.aave.owed.USDC, before.aave.owed.USDC, repaid)
    expectSupplied(after.aave.supplied.WETH, before.aave.supplied.WETH - raw)
    expect(after.aave.health > before.aave.health).toBe(true)
    const back = after.wallet.USDC - before.wallet.USDC
    expect(0n < back && back < repaid / 50n, `${back} came back`).toBe(true)
    expect(after.wallet.WETH).toBe(before.wallet.WETH)
  })

  test.each([0, 400])('the whole of the WBTC on Aave, %i days after supply', async (days) => {
    await stage.devnet.mine(days * 86_400 + 1)
    for (const feed of ['ETH', 'BTC'] as const) await stage.devnet.setFeed(feed, PRICES[feed])
    await stage.devnet.setFeed('USDC', 10n ** 8n)
    frame = await stage.frame()
    before = await book()
    const aave = aaveOf(frame)
    const raw = rawOf(aave.collateral, 'WBTC')
    expect(raw).toBe(before.aave.supplied.WBTC)
    const draft = await deleverage(aave, 'WBTC', raw)
    await stage.carryOut(draft)
    const after = await book()
    expect(after.aave.supplied.WBTC).toBe(0n)
    expectOwed(after.aave.owed.USDC, before.aave.owed.USDC, draft.flashLoan!.raw)
    expect(after.wallet.WBTC).toBe(0n)
    expect(after.wallet.USDC > before.wallet.USDC).toBe(true)
  })

  test('part of the WBTC on Morpho', async () => {
    const morpho = morphoOf(frame, 'WBTC')
    const raw = whole('WBTC', 1)
    const draft = await deleverage(morpho, 'WBTC', raw)
    await stage.carryOut(draft)
    const after = await book()
    expect(before.morpho.WBTC.collateral - after.morpho.WBTC.collateral).toBe(raw)
    expectOwed(after.morpho.WBTC.owed, before.morpho.WBTC.owed, draft.flashLoan!.raw)
    expect(after.wallet.USDC > before.wallet.USDC).toBe(true)
  })

  test('the whole of the WBTC on Morpho, which pays the whole debt', async () => {
    const morpho = morphoOf(frame, 'WBTC')
    const raw = rawOf(morpho.collateral, 'WBTC')
    await stage.carryOut(await deleverage(morpho, 'WBTC', raw))
    const after = await book()
    expect(after.morpho.WBTC).toEqual({ collateral: 0n, debtShares: 0n, owed: 0n })
    expect(after.wallet.WBTC).toBe(0n)
    const kept = after.wallet.USDC - before.wallet.USDC
    expect(kept > usdc(50_000), `${kept} kept of what was not owed`).toBe(true)
  })
})

describe('deleverage step by step', () => {
  const routes = (): Routes => ({
    swaps: stage.venues.swaps.flatMap(({ id }) =>
      (['WETH', 'WBTC'] as const).map((symbol) => ({
        venue: id,
        tokens: [tokenOf(symbol), tokenOf('USDC')] as const,
      })),
    ),
    flashLoan: null,
    reserve: [],
    transfers: [],
    perps: [],
  })

  test.each([
    ['Aave', 0.6],
    ['Morpho', 0.69],
  ] as const)(
    'on %s, where nobody lends: withdraw, sell, repay, never near liquidation',
    async (where, fall) => {
      for (const feed of ['ETH', 'BTC'] as const)
        await stage.devnet.setFeed(feed, BigInt(Math.round(Number(PRICES[feed]) * fall)))
      frame = await stage.frame()
      const loanIn = (of: Frame) => (where === 'Aave' ? aaveOf(of) : morphoOf(of, 'WBTC'))
      const { venue, domain } = loanIn(frame)
      const config = { ...quiet, restoreBelow: 1.2, restoreTo: 1.25, boostTo: 2 }
      const steps = planOf(config, routes()).actions.filter((action) => action.domain === domain)
      expect(steps.length).toBeGreaterThan(1)
      for (const action of steps) {
        expect(action).toMatchObject({ type: 'deleverage', settlement: 'direct', flashLoan: null })
        expect(action.intents.map(({ type }) => type)).toEqual(['withdraw', 'swap', 'repay'])
        const [order] = await stage.carryOut(action)
        expect(order?.transactions.map(({ call }) => call.to)).not.toContain(stage.executor)
        for (const { block } of order?.receipts ?? []) {
          const { hash, timestamp } = await stage.client.getBlock({ blockNumber: block })
          const at = { number: block, hash, timestamp, gasPrice: 0n }
          const lender = stage.venues.lending.find(({ id }) => id === venue)
          const loan = (await lender!.read(owner, at)).find((each) => each.domain === domain)
          expect(Number(loan?.healthFactor) / 1e18).toBeGreaterThan(1.01)
        }
      }
      const reached = Number(loanIn(await stage.frame()).healthFactor) / 1e18
      expect(reached).toBeGreaterThan(1.2499)
      const after = await book()
      expect(after.wallet).toMatchObject({ WETH: 0n, WBTC: 0n })
      expect(after.wallet.USDC >= before.wallet.USDC).toBe(true)
    },
  )
})

describe('perp', () => {
  test('reduces a part', async () => {
    const perp = perpOf(frame)
    const half = before.perp.size.ETH / 2n
    await stage.carryOut({
      type: 'reduce',
      domain: perp.domain,
      intents: [await trade(perp, 'ETH', -half, true)],
    })
    const after = await book()
    expect(after.perp.size).toEqual({ ETH: before.perp.size.ETH - half, BTC: 0n })
    expect(after.perp.free > before.perp.free).toBe(true)
    expect(after.wallet).toEqual(before.wallet)
  })

  test('closes the whole, and the margin can leave', async () => {
    const perp = perpOf(frame)
    await stage.carryOut({
      type: 'reduce',
      domain: perp.domain,
      intents: [await trade(perp, 'ETH', -before.perp.size.ETH, true)],
    })
    const closed = await book()
    expect(closed.perp.size).toEqual({ ETH: 0n, BTC: 0n })
    await stage.carryOut({
      type: 'transfer',
      domain: perp.domain,
      intents: [margin('withdraw', perp, 'USDC', closed.perp.free)],
    })
    const after = await book()
    expect(after.wallet.USDC - before.wallet.USDC).toBe(closed.perp.free)
    expect(after.perp.margin <= 1n).toBe(true)
  })

  test('hedges net exposure with a short', async () => {
    const perp = perpOf(frame)
    const config: StaticThresholdConfig = {
      ...quiet,
      hedge: { asset: 'BTC', maxDeltaShare: 0.1, targetDeltaShare: 0.05, minPerpHealth: 3 },
    }
    const { actions } = planOf(config, {
      swaps: [],
      flashLoan: null,
      reserve: [],
      transfers: [],
      perps: [
        {
          venue: perp.venue,
          domain: perp.domain,
          market: 'BTC-PERP',
          asset: 'BTC',
        },
      ],
    })
    expect(actions.map(({ type }) => type)).toEqual(['hedge'])
    const [intent] = actions[0]!.intents
    await stage.carryOut(actions[0]!)
    const after = await book()
    expect(intent?.type === 'trade' && intent.size).toBe(after.perp.size.BTC)
    expect(after.perp.size.BTC < 0n).toBe(true)
    expect(after.perp.size.ETH).toBe(before.perp.size.ETH)
    expect(after.wallet).toEqual(before.wallet)
  })
})

test('an action that cannot be what it was planned as is refused, and nothing is signed', async () => {
  const draft = await deleverage(aaveOf(frame), 'WBTC', whole('WBTC', 0.5))
  const greedy = draft.intents.map((intent) =>
    intent.type === 'swap' ? { ...intent, minOut: intent.minOut * 2n } : intent,
  )
  await expect(stage.carryOut({ ...draft, intents: greedy })).rejects.toThrow(/refused/)
  expect(await book()).toEqual(before)
})

/** An engine in whose eyes nothing is wrong. */
const quiet: StaticThresholdConfig = {
  ...DEFAULT_STATIC_THRESHOLD,
  restoreBelow: 1.05,
  restoreTo: 1.1,
  donorFloor: 2,
  perp: { ...DEFAULT_STATIC_THRESHOLD.perp, restoreBelow: 1.05, restoreTo: 1.1 },
}
const PRICES = { ETH: 2_000_00000000n, BTC: 40_000_00000000n } as const

function planOf(config: StaticThresholdConfig, routes: Routes) {
  const assessment = assess({ frame, forecasts: [], config: DEFAULT_ASSESS_CONFIG })
  return createStaticThreshold({ config, routes }).plan(frame, assessment)
}
