import type { TokenSymbol } from '@plimsoll/devnet'
import {
  type Address,
  type Frame,
  type LendingPosition,
  type MarginIntent,
  mulDivDown,
  type PerpPosition,
  type Plan,
  type SwapIntent,
  type Token,
} from '@plimsoll/domain'
import {
  assess,
  createStaticThreshold,
  DEFAULT_STATIC_THRESHOLD,
  type Routes,
  type StaticThresholdConfig,
} from '@plimsoll/risk'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { ONE_SOURCE } from './ONE_SOURCE.ts'
import { type Book, readBook } from './readBook.ts'
import { type Stage, startStage } from './startStage.ts'

/** Units that Aave's rounding may change a balance by, or leave with an executor. */
const DUST = 2n
/** Divisor of what interest of a few blocks may add to a debt or a supply. */
const INTEREST = 1_000_000n

/** A stage on which every test begins alike and has to leave the owner's executor empty. */
export type ActionBench = {
  readonly stage: Stage
  readonly owner: Address
  /** What the chain held, and what the adapters read, when the test began. */
  readonly before: Book
  readonly frame: Frame
  book(): Promise<Book>
  /** Takes what is there now for the beginning of the test. */
  begin(): Promise<void>
  token(symbol: TokenSymbol): Token
  /** Whole tokens as a raw amount. [token decimals] */
  raw(symbol: TokenSymbol, amount: number): bigint
  margin<T extends MarginIntent['type']>(
    type: T,
    position: LendingPosition | PerpPosition,
    symbol: TokenSymbol,
    raw: bigint,
  ): Omit<MarginIntent, 'type'> & { readonly type: T }
  /** A sale into USDC for at least 99 % of its quote. */
  sale(symbol: TokenSymbol, raw: bigint): Promise<SwapIntent>
  /** What an engine would do about the frame if it saw trouble only where it is told to. */
  plan(change: Partial<StaticThresholdConfig>, routes: Partial<Routes>): Plan
}

/** An engine in whose eyes nothing is wrong. */
const QUIET: StaticThresholdConfig = {
  ...DEFAULT_STATIC_THRESHOLD,
  restoreBelow: 1.05,
  restoreTo: 1.1,
  boostTo: 2,
  donorFloor: 2,
  perp: { ...DEFAULT_STATIC_THRESHOLD.perp, restoreBelow: 1.05, restoreTo: 1.1 },
}
const NO_ROUTES: Routes = { swaps: [], flashLoan: null, reserve: [], transfers: [], perps: [] }

/** Sets the bench up for the tests of a file. */
export function useActionBench(): ActionBench {
  let stage: Stage
  let restore: () => Promise<void>
  let before: Book
  let frame: Frame

  const bench: ActionBench = {
    get stage() {
      return stage
    },
    get owner() {
      return stage.devnet.accounts.owner.address
    },
    get before() {
      return before
    },
    get frame() {
      return frame
    },
    book: () => readBook(stage.devnet, bench.owner),
    async begin() {
      before = await bench.book()
      frame = await stage.frame()
    },
    token: (symbol) => stage.venues.tokens[symbol],
    raw: (symbol, amount) =>
      mulDivDown(
        BigInt(Math.round(amount * 1e6)),
        10n ** BigInt(bench.token(symbol).decimals),
        1_000_000n,
      ),
    margin: (type, { venue, domain }, symbol, raw) => ({
      type,
      venue,
      domain,
      token: bench.token(symbol),
      raw,
    }),
    async sale(symbol, raw) {
      const [uniswap] = stage.venues.swaps
      const [tokenIn, tokenOut] = [bench.token(symbol), bench.token('USDC')]
      const intent = {
        type: 'swap',
        venue: uniswap?.id ?? '',
        tokenIn,
        tokenOut,
        amountIn: raw,
      } as const
      const quote = await uniswap?.quote(intent, frame.block)
      return { ...intent, minOut: mulDivDown(quote?.amountOut ?? 0n, 99n, 100n) }
    },
    plan(change, routes) {
      const assessment = assess({ frame, forecasts: [], config: ONE_SOURCE })
      return createStaticThreshold({
        config: { ...QUIET, ...change },
        routes: { ...NO_ROUTES, ...routes },
      }).plan(frame, assessment)
    },
  }

  beforeAll(async () => {
    stage = await startStage()
  })
  afterAll(() => stage?.devnet.stop())
  beforeEach(async () => {
    restore = await stage.checkpoint()
    await bench.begin()
  })
  afterEach(async () => {
    const left = await readBook(stage.devnet, stage.executor.address)
    await restore()
    expectEmpty(left)
  })
  return bench
}

/** Nothing is held, owed or staked, but for the units that Aave's rounding leaves. */
function expectEmpty(left: Book): void {
  const nothing = { WETH: 0n, WBTC: 0n, USDC: 0n }
  expect([left.wallet, left.aave.owed, left.ether]).toEqual([nothing, nothing, 0n])
  for (const [symbol, raw] of Object.entries(left.aave.supplied))
    expect(raw <= DUST, `${raw} of ${symbol} left on Aave in the executor's name`).toBe(true)
  for (const { collateral, debtShares } of Object.values(left.morpho))
    expect([collateral, debtShares]).toEqual([0n, 0n])
  expect([left.perp.margin, left.perp.size]).toEqual([0n, { ETH: 0n, BTC: 0n }])
}

/** Debt after `paid`, and perhaps a little interest. */
export function expectOwed(found: bigint, had: bigint, paid: bigint): void {
  const [least, most] = [had - paid - 1n, had - paid + had / INTEREST]
  expect(least <= found && found <= most, `${found} owed, allowed ${least} to ${most}`).toBe(true)
}

/** Collateral on Aave after a change, to the units of rounding and perhaps a little interest. */
export function expectSupplied(found: bigint, expected: bigint): void {
  const most = expected + DUST + expected / INTEREST
  expect(expected - DUST <= found && found <= most, `${found} against ${expected}`).toBe(true)
}
