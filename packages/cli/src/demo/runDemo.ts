import { setTimeout as wait } from 'node:timers/promises'
import { createWorld, type PricePath, startDevnet, type WorldFrame } from '@plimsoll/devnet'
import {
  type Action,
  type Frame,
  numberFromRaw,
  numberFromWad,
  priceOf,
  sameAddress,
  type TradeSettlement,
} from '@plimsoll/domain'
import { createChainHead } from '@plimsoll/evm'
import type { RunningForecastSource } from '@plimsoll/forecast'
import { assembleFrame, createSettableClock, type TickReport } from '@plimsoll/kernel'
import { composeAgent, type EngineMaker } from '../compose/composeAgent.ts'

import { composeForecasts } from '../compose/composeForecasts.ts'

import type { GovernorName } from '../compose/composeGovernor.ts'

import { setUpExecutor } from '../compose/setUpExecutor.ts'
import type { VenueName } from '../compose/VenueName.ts'
import { createAccrual } from './createAccrual.ts'
import type { ActionRecord, DemoFrame, DemoRecord, SideResult } from './DemoRecord.ts'
import type { DemoView } from './DemoView.ts'
import { demoPortfolio } from './demoConfig.ts'
import { demoEngine, ENGINE_NAMES, type EngineName } from './demoEngine.ts'
import { onPathClock } from './onPathClock.ts'
import { openLog } from './openLog.ts'
import { recordAction, recordSettlement } from './recordAction.ts'
import { recordLiquidation } from './recordLiquidation.ts'
import { openStage, type Stage } from './Stage.ts'

/**
 * What holds the agent of a demo back unless said otherwise.
 *
 * Not the rules of a fleet: they let one owner sell later than they would alone, for the market's sake. On seeds 1 to 3 nothing is
 * liquidated by either, and 3 % less equity is left under the fleet's.
 */
export const DEFAULT_GOVERNOR: GovernorName = 'caps'

/**
 * Plays a crash on the real protocols: an agent keeps one portfolio, its twin has the same and nobody.
 *
 * Everything started is stopped, however it ends.
 *
 * @throws {@link InvalidInputError} when the event log is not a new one.
 */
export async function runDemo(p: {
  readonly path: PricePath
  readonly seed: number
  /** Folder of the model that forecasts, from the path's past on; null for the EWMA. */
  readonly model: string | null
  readonly venues: readonly VenueName[]
  readonly engine: EngineName
  readonly governor?: GovernorName
  /** An engine of one's own instead, in studies. */
  readonly makeEngine?: (opened: Frame) => EngineMaker
  /** Frames a second at most; null as fast as it goes. */
  readonly speed: number | null
  readonly port: number
  readonly eventLog: string
  readonly view: DemoView
}): Promise<DemoRecord> {
  const { path, seed, view, governor = DEFAULT_GOVERNOR } = p
  const store = openLog(p.eventLog)
  const devnet = await startDevnet({ onProgress: view.progress, port: p.port }).catch((cause) => {
    store.close()
    throw cause
  })
  let source: RunningForecastSource | null = null
  try {
    view.progress('opening the same portfolio twice: one for the agent, one for its passive twin')
    const stage = await openStage(devnet, { plan: demoPortfolio(p.venues), names: p.venues })
    const { client, venues, opened } = stage
    const { owner, twin, deployer } = devnet.accounts
    const accruals = {
      agent: createAccrual(opened.agent),
      twin: createAccrual(opened.twin),
    }
    const before = { agent: await stage.accountOf('agent'), twin: await stage.accountOf('twin') }

    const stable = [venues.tokens.USDC.asset, venues.tokens.SUSD.asset]
    if (p.model !== null)
      source = await composeForecasts({ model: p.model, past: path.past, stable })
    const clock = createSettableClock(Number(opened.agent.block.timestamp) * 1000)
    const host = await composeAgent({
      client,
      venues,
      owner,
      executor: await setUpExecutor({ client, venues, owner, deployer }),
      store,
      clock,
      createEngine: p.makeEngine?.(opened.agent) ?? demoEngine(p.engine, opened.agent),
      opened: opened.agent,
      ...(source === null ? {} : { forecasts: onPathClock(source, path) }),
      governor,
    })
    const settlements = new Map<string, TradeSettlement>()
    host.listen((event) => {
      if (event.type === 'trade.settled') settlements.set(event.order, event.settlement)
    })
    await host.start()

    const head = createChainHead(client)
    const watch = [owner.address, twin.address]
    const world = await createWorld(devnet, { path, seed, watch })
    const marks = new Map<string, number | null>() // of each order, when it was planned
    const frames: DemoFrame[] = []
    while (!world.done) {
      const began = performance.now()
      const moved = await world.step()
      const block = await head.latest()
      clock.set(Number(block.timestamp) * 1000)
      const report = await host.tick(block)
      const agent = report.frame ?? (await stage.frameOf('agent'))
      const passive = await assembleFrame({ ...venues, head, owner: twin.address, block })
      accruals.agent.observe(agent)
      accruals.twin.observe(passive)
      const actions = await recordOrders({ report, frame: agent, stage, marks, settlements })
      const frame = recordFrame({
        moved,
        report,
        actions,
        agent,
        twin: passive,
        stage,
        isAgent: (account) => sameAddress(account, owner.address),
      })
      frames.push(frame)
      view.frame(frame, path.frames.length)
      if (p.speed !== null) await wait(Math.max(0, 1000 / p.speed - (performance.now() - began)))
    }
    host.stop()

    const resultOf = async (side: 'agent' | 'twin'): Promise<SideResult> => {
      const last = await stage.frameOf(side)
      const after = await stage.accountOf(side)
      const gas =
        numberFromRaw(before[side].wei - after.wei, 18) * priceOf('ETH', opened[side].marketPrices)
      const losses = frames.flatMap((f) => f.liquidations).filter((l) => l.side === side)
      const trades = side === 'agent' ? frames.flatMap((f) => f.actions) : []
      const { funding, borrow, tracking } = accruals[side].read()
      const costsByCause = {
        gas,
        slippage: sum(trades.map(({ cost }) => cost.slippage)),
        fees: sum(trades.map(({ cost }) => cost.fees)),
        funding,
        borrow,
        liquidations: sum(losses.map(({ bonus }) => bonus)),
      }
      return {
        liquidations: losses.length,
        venuesLiquidated: [...new Set(losses.map(({ venue }) => venue))].sort(),
        equityStart: stage.shown(opened[side]).equity,
        equityEnd: stage.shown(last).equity - gas,
        costs: costsByCause.gas + costsByCause.slippage + costsByCause.fees,
        bonusesLost: costsByCause.liquidations,
        costsByCause,
        totalCost: sum(Object.values(costsByCause)),
        tracking,
        transactions: after.sent - before[side].sent,
      }
    }
    return {
      scenario: path.name,
      seed,
      engine: ENGINE_NAMES[p.engine],
      governor,
      frames,
      result: { agent: await resultOf('agent'), twin: await resultOf('twin') },
    }
  } finally {
    store.close()
    await source?.close()
    await devnet.stop()
  }
}

/** Orders opened in a tick, and those of earlier ones whose trades were filled, or were not, since. */
async function recordOrders(p: {
  readonly report: TickReport
  readonly frame: Frame
  readonly stage: Stage
  readonly marks: Map<string, number | null>
  readonly settlements: ReadonlyMap<string, TradeSettlement>
}): Promise<readonly ActionRecord[]> {
  const { frame, stage, marks } = p
  const records: ActionRecord[] = []
  for (const order of p.report.orders) {
    const mark = marks.get(order.id)
    if (mark === undefined) {
      marks.set(order.id, markOf(order.action, frame))
      records.push(await recordAction({ ...stage, order, frame }))
      continue
    }
    const settlement = p.settlements.get(order.id)
    if (settlement !== undefined && mark !== null)
      records.push(recordSettlement({ order, settlement, mark, named: stage.named }))
  }
  return records
}

/** Price that an order of a perp domain was planned at; null for other orders. [USD] */
function markOf({ intents }: Action, { perpMarkets }: Frame): number | null {
  const trade = intents.find((intent) => intent.type === 'trade')
  const market = perpMarkets.find(
    ({ venue, market }) => trade?.venue === venue && trade.market === market,
  )
  return market === undefined ? null : numberFromWad(market.markPrice)
}

function recordFrame(p: {
  readonly moved: WorldFrame
  readonly report: TickReport
  readonly actions: readonly ActionRecord[]
  readonly agent: Frame
  readonly twin: Frame
  readonly stage: Stage
  readonly isAgent: (account: `0x${string}`) => boolean
}): DemoFrame {
  const { moved, report, stage } = p
  return {
    index: moved.index,
    at: moved.at,
    block: String(report.block.number),
    prices: Object.fromEntries(
      Object.entries(moved.oraclePrices).map(([asset, price]) => [asset, numberFromWad(price)]),
    ),
    agent: stage.shown(p.agent),
    twin: stage.shown(p.twin),
    state: report.mode === 'preserving' ? `${report.state} (preserving)` : report.state,
    why: stage.named(report.plan?.why ?? 'no plan in this frame'),
    failures: report.failures.map(({ step, code, reason }) =>
      stage.named(`${step} failed, ${code}: ${reason}`),
    ),
    actions: p.actions,
    liquidations: moved.liquidations.map((liquidation) =>
      recordLiquidation(liquidation, p.isAgent(liquidation.account) ? 'agent' : 'twin'),
    ),
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
