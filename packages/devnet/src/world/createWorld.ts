import { priceFeedAbi } from '@plimsoll/contracts'
import { type Address, InvalidInputError } from '@plimsoll/domain'
import { encodeFunctionData } from 'viem'
import { FEEDS, PERP_ASSETS, type PerpAsset } from '../deployment.ts'
import type { Devnet } from '../startDevnet.ts'
import { priceFeedDispatcherAbi } from './abis.ts'
import { createAaveLiquidator } from './createAaveLiquidator.ts'
import { createArbitrageur } from './createArbitrageur.ts'
import { createBackground } from './createBackground.ts'
import { createBlockBuilder, type MinedBlock, type WorldCall } from './createBlockBuilder.ts'
import { createMorphoLiquidator } from './createMorphoLiquidator.ts'
import { createOrderKeeper, type PendingOrder } from './createOrderKeeper.ts'
import { createPegTrader } from './createPegTrader.ts'
import { createPerpLiquidator } from './createPerpLiquidator.ts'
import { createPricePublisher } from './createPricePublisher.ts'
import { createSkewTraders } from './createSkewTraders.ts'
import { createStepLog, type StepLog } from './createStepLog.ts'
import { createSynthetixLiquidator } from './createSynthetixLiquidator.ts'
import { PathEndedError } from './errors.ts'
import type { Liquidator, Prices } from './Liquidator.ts'
import type { PriceFrame, PricePath } from './PricePath.ts'
import { describeMarket, findPools, readMarket } from './readMarket.ts'
import { requireAll } from './requireAll.ts'
import { createStage, type Stage } from './Stage.ts'
import { seededRandom } from './seededRandom.ts'
import type { TradeCall } from './trading.ts'
import type { WorldFrame } from './WorldFrame.ts'

/** Perp v2 prices by a TWAP of 15 s: so long a market must stand at a price for the mark to reach it. [s] */
const MARK_SECONDS = 15n
const MAX_LIQUIDATION_ROUNDS = 8
/** Sets the traders on Synthetix apart from the spot trades, which have the seed itself. */
const SKEW_SEED = 0x5cea
const PEG_SEED = 0x5a5d
const ROLES = [
  'deployer',
  'arbitrageur',
  'trader',
  'aaveLiquidator',
  'morphoLiquidator',
  'perpLiquidator',
  'synthetixKeeper',
  'synthetixLiquidator',
] as const

/** What to play, and on whom. */
export interface WorldOptions {
  readonly path: PricePath
  /** Sides and sizes of the background trades follow from it. */
  readonly seed: number
  /**
   * Share of the path's own volume that goes through the spot pools, bought back as it is sold. None unless given: then pools see
   * what moves their price and little else.
   */
  readonly turnover?: number
  /** Accounts that the liquidators look at. */
  readonly watch: readonly Address[]
  /** False leaves positions below their margin alone. Default true. */
  readonly liquidators?: boolean
  /**
   * Whether the Synthetix keeper executes an order when it could; false for none of them. Default true.
   *
   * What is not executed within two minutes has expired and can be cancelled.
   */
  readonly keeper?: boolean | ((order: PendingOrder) => boolean)
  /** Whether the price of a moment is published, without which no order is executed; false for never. Default true. */
  readonly priceUpdates?: boolean | ((asset: PerpAsset, publishTime: bigint) => boolean)
  /** Chain time between frames. The path's own unless given. [s] */
  readonly frameSeconds?: number
}

/** A market that moves along a path, and liquidators that live off it. */
export interface World {
  /** True when every frame was played. */
  readonly done: boolean
  /**
   * Plays the next frame: orders that agents left, time, feeds, arbitrage, then liquidations. Agents have their turn when
   * it resolves, not before.
   *
   * @throws {@link PathEndedError} when the path has no more.
   */
  step(): Promise<WorldFrame>
}

/**
 * Creates a world on a devnet and gives its actors what they need.
 *
 * Between two steps the devnet is the agents'; during a step nobody else may send. The same seed, path and acts of the
 * agents make the same blocks, to the hash.
 *
 * @throws {@link InvalidInputError} when the path has fewer than two frames or does not run forward in time.
 */
export async function createWorld(devnet: Devnet, options: WorldOptions): Promise<World> {
  const { path, seed, watch, liquidators: isLiquidating = true } = options
  const { keeper: isWilling = true, priceUpdates: isPublished = true } = options
  requirePath(path)
  const stage = createStage(devnet)
  await Promise.all(
    ROLES.map((role) =>
      devnet.client.impersonateAccount({ address: stage.accounts[role].address }),
    ),
  )
  const pools = await findPools(stage)
  const builder = createBlockBuilder(stage.client)
  const arbitrageur = createArbitrageur(stage, pools)
  const background = createBackground(stage, pools, seededRandom(seed), options.turnover ?? 0)
  const pegTrader = createPegTrader(stage, seededRandom(seed ^ PEG_SEED))
  const skewTraders = createSkewTraders(stage, seededRandom(seed ^ SKEW_SEED))
  const liquidators = isLiquidating
    ? [
        createAaveLiquidator(stage, pools),
        createMorphoLiquidator(stage, pools),
        createPerpLiquidator(stage, pools),
        createSynthetixLiquidator(stage),
      ]
    : []
  const actors = [arbitrageur, background, pegTrader, ...liquidators]
  const founding = await builder.build(
    actors.flatMap(({ inventory }) => inventory),
    0n,
  )
  await requireAll(stage.client, founding)
  const timeOf = (index: number) =>
    founding.timestamp + secondsUntil(path, index, options.frameSeconds)
  const publisher = createPricePublisher(devnet, {
    path,
    timeOf,
    isPublished: typeof isPublished === 'boolean' ? () => isPublished : isPublished,
  })
  const keeper = await createOrderKeeper(stage, {
    publisher,
    isWilling: typeof isWilling === 'boolean' ? () => isWilling : isWilling,
  })
  let played = 0

  /** One block, noted in the log. */
  async function build(
    log: StepLog,
    calls: readonly WorldCall[],
    timestamp: bigint,
    trades: readonly TradeCall[] = [],
  ): Promise<MinedBlock> {
    const block = await builder.build(calls, timestamp)
    await log.block(block)
    log.trades(block, trades)
    return block
  }

  /** The keeper executes what agents have ordered since the last frame, as soon as all of it may be; tells what is left. */
  async function settle(log: StepLog): Promise<readonly PendingOrder[]> {
    const pending = await keeper.find()
    if (pending.length === 0) return pending
    const { timestamp } = await stage.client.getBlock()
    const earliest = [timestamp + 1n, ...pending.map(({ executableAt }) => executableAt)]
    const time = earliest.reduce((latest, each) => (each > latest ? each : latest))
    const executions = await keeper.execute(pending, time)
    if (executions.length === 0) return pending
    log.orders(keeper.read(await build(log, executions, time)))
    return keeper.find()
  }

  /** The market moves in one block, in more where a perp has far to go; a last one finds the marks arrived. */
  async function move(
    log: StepLog,
    frame: PriceFrame,
    time: bigint,
    pending: readonly PendingOrder[],
  ): Promise<MinedBlock> {
    const { prices } = frame
    const [market, pegTrades, skews] = await Promise.all([
      readMarket(stage, pools),
      pegTrader.plan(prices),
      skewTraders.read(),
    ])
    const [first = [], ...rest] = arbitrageur.plan(market, prices)
    const feeds = feedCalls(stage, prices)
    const start = time - MARK_SECONDS * BigInt(1 + rest.length)
    const orders = skewTraders.plan(prices, skews, pending, start)
    let block = await build(log, [...feeds, ...first, ...pegTrades, ...orders], start, first)
    await requireAll(stage.client, { ...block, calls: block.calls.slice(0, feeds.length) })
    for (const trades of rest)
      block = await build(log, trades, block.timestamp + MARK_SECONDS, trades)
    const trades = background.trades(prices, frame)
    const last = block.timestamp + MARK_SECONDS
    const executions = await keeper.execute(await keeper.find(), last)
    block = await build(log, [...trades, ...pegTrader.flow(), ...executions], last, trades)
    log.orders(keeper.read(block))
    return block
  }

  /** Whoever is below their margin is liquidated, on Synthetix flagged first, again and again while that goes on. */
  async function liquidate(log: StepLog, prices: Prices, last: MinedBlock): Promise<MinedBlock> {
    let block = last
    for (let round = 0; round < MAX_LIQUIDATION_ROUNDS; round++) {
      const find = async (liquidator: Liquidator) => ({
        liquidator,
        ...(await liquidator.find(watch, prices)),
      })
      const findings = await Promise.all(liquidators.map(find))
      for (const { refusals } of findings) log.refusals(refusals)
      const attempts = findings.flatMap((found) => found.attempts)
      if (attempts.length === 0) break
      block = await build(log, attempts, block.timestamp + 1n)
      const outcomes = findings.flatMap(({ liquidator, attempts: own }) =>
        block.calls
          .filter(({ call, succeeded }) => succeeded && own.some((each) => each === call))
          .flatMap((mined) => liquidator.read(mined, block, prices) ?? []),
      )
      log.liquidations(outcomes)
      if (outcomes.length === 0) break
      const sales = withoutRepeatedClosings(outcomes.flatMap(({ sale }) => sale ?? []))
      block = await build(log, sales, block.timestamp + 1n, sales)
    }
    return block
  }

  return {
    get done() {
      return played >= path.frames.length
    },
    async step() {
      const index = played
      const frame = path.frames[index]
      if (frame === undefined)
        throw new PathEndedError({ path: path.name, frames: path.frames.length })
      played += 1
      const { at, prices } = frame
      const log = createStepLog(stage)
      const pending = await settle(log)
      const moved = await move(log, frame, timeOf(index), pending)
      const { number, timestamp } = await liquidate(log, prices, moved)
      const market = describeMarket(pools, await readMarket(stage, pools), prices)
      return {
        index,
        at,
        timestamp,
        block: number,
        oraclePrices: prices,
        ...market,
        ...log.read(),
      }
    },
  }
}

/** Writes every feed, also those that stand still, since feeds have a heartbeat; and tells the perp markets. */
function feedCalls({ deployment, accounts }: Stage, prices: Prices): readonly WorldCall[] {
  const from = accounts.deployer.address
  const updates = FEEDS.map((asset) => ({
    action: `${asset} feed.update`,
    from,
    to: deployment.feeds[asset],
    data: encodeFunctionData({
      abi: priceFeedAbi,
      functionName: 'update',
      args: [prices[asset] / 10n ** 10n],
    }),
  }))
  const dispatches = PERP_ASSETS.map((asset) => ({
    action: `${asset} dispatcher.dispatchPrice`,
    from,
    to: deployment.perp.markets[asset].priceFeedDispatcher,
    data: encodeFunctionData({ abi: priceFeedDispatcherAbi, args: [0n] }),
  }))
  return [...updates, ...dispatches]
}

/** Closing a position takes all of it, however many liquidations it came from. */
function withoutRepeatedClosings(sales: readonly TradeCall[]): readonly TradeCall[] {
  return sales.filter(
    (sale, i) =>
      sale.pool.venue === 'uniswap-v3' ||
      sales.findIndex(({ pool, from }) => pool === sale.pool && from === sale.from) === i,
  )
}

/** Chain time from the world's founding to a frame; the first one takes as long as the next. [s] */
function secondsUntil({ frames }: PricePath, index: number, frameSeconds?: number): bigint {
  const at = (i: number) => frames[i]?.at ?? 0
  const first = frameSeconds ?? at(1) - at(0)
  return BigInt(first + (frameSeconds === undefined ? at(index) - at(0) : index * frameSeconds))
}

function requirePath({ name, frames }: PricePath): void {
  const isForward = frames.every(({ at }, i) => at > (frames[i - 1]?.at ?? at - 1))
  if (frames.length >= 2 && isForward) return
  throw new InvalidInputError({
    field: 'path',
    found: `${name} with ${frames.length} frames${isForward ? '' : ' out of order'}`,
    allowed: 'at least two frames, each later than the one before it',
  })
}
