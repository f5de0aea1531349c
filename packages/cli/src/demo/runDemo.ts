import { setTimeout as wait } from 'node:timers/promises'
import {
  createWorld,
  type Liquidation,
  openPortfolio,
  type PricePath,
  startDevnet,
} from '@plimsoll/devnet'
import { type Frame, numberFromUsd, numberFromWad, sameAddress } from '@plimsoll/domain'
import { createChainClient, createChainHead } from '@plimsoll/evm'
import { assembleFrame, createSettableClock } from '@plimsoll/kernel'
import { composeAgent } from '../compose/composeAgent.ts'
import { composeVenues } from '../compose/composeVenues.ts'
import { setUpExecutor } from '../compose/setUpExecutor.ts'
import type {
  ActionRecord,
  DemoFrame,
  DemoRecord,
  LiquidationRecord,
  SideResult,
} from './DemoRecord.ts'
import type { DemoView } from './DemoView.ts'
import { DEMO_ENGINE, DEMO_PORTFOLIO } from './demoConfig.ts'
import { measureCosts } from './measureCosts.ts'
import { openLog } from './openLog.ts'
import { sideOf } from './sideOf.ts'

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
  /** Frames a second at most; null as fast as it goes. */
  readonly speed: number | null
  readonly port: number
  readonly eventLog: string
  readonly view: DemoView
}): Promise<DemoRecord> {
  const { path, seed, view } = p
  const store = openLog(p.eventLog)
  const devnet = await startDevnet({ onProgress: view.progress, port: p.port }).catch((cause) => {
    store.close()
    throw cause
  })
  try {
    const { owner, twin, deployer } = devnet.accounts
    view.progress('opening the same portfolio twice: one for the agent, one for its passive twin')
    for (const account of [owner, twin])
      await openPortfolio(devnet, account.address, DEMO_PORTFOLIO)

    const { rpcUrl, chainId, deployment } = devnet
    const client = await createChainClient({ rpcUrl, chainId, multicall3: deployment.multicall3 })
    const venues = await composeVenues(client, deployment)
    const head = createChainHead(client)
    const frameOf = async (account: { readonly address: `0x${string}` }): Promise<Frame> =>
      assembleFrame({ ...venues, owner: account.address, block: await head.latest() })

    const opened = await frameOf(owner)
    const used = opened.portfolio.domains.filter(
      (domain) => domain.health(opened.oraclePrices).type !== 'unlevered',
    )
    const labels = new Map(used.map(({ id }) => [id, venues.labelOf(id)]))
    const named = (text: string) =>
      [...labels].reduce((words, [id, label]) => words.replaceAll(id, label), text)
    const shown = (frame: Frame) => {
      const side = sideOf(frame, venues.labelOf)
      const known = new Set(labels.values())
      const health = Object.entries(side.health).filter(([label]) => known.has(label))
      return { ...side, health: Object.fromEntries(health) }
    }

    const clock = createSettableClock(Number(opened.block.timestamp) * 1000)
    const host = await composeAgent({
      client,
      venues,
      owner,
      executor: await setUpExecutor({ client, venues, owner, deployer }),
      store,
      clock,
      engine: DEMO_ENGINE,
      domains: used.map(({ id }) => id),
    })
    await host.start()
    const world = await createWorld(devnet, {
      path,
      seed,
      watch: [owner.address, twin.address],
    })

    const frames: DemoFrame[] = []
    while (!world.done) {
      const began = performance.now()
      const moved = await world.step()
      const block = await head.latest()
      clock.set(Number(block.timestamp) * 1000)
      const [report, twinFrame] = [
        await host.tick(block),
        await assembleFrame({ ...venues, owner: twin.address, block }),
      ]
      const agentFrame = report.frame ?? (await frameOf(owner))
      const frame: DemoFrame = {
        index: moved.index,
        at: moved.at,
        block: String(block.number),
        prices: Object.fromEntries(
          Object.entries(moved.oraclePrices).map(([asset, price]) => [asset, numberFromWad(price)]),
        ),
        agent: shown(agentFrame),
        twin: shown(twinFrame),
        state: report.mode === 'preserving' ? `${report.state} (preserving)` : report.state,
        why: named(report.plan?.why ?? 'no plan in this frame'),
        failures: report.failures.map(({ step, code, reason }) =>
          named(`${step} failed, ${code}: ${reason}`),
        ),
        actions: await Promise.all(
          report.orders.map((order) =>
            recordAction({ order, frame: agentFrame, named, client, deployment, venues }),
          ),
        ),
        liquidations: moved.liquidations.map((liquidation) =>
          recordLiquidation(
            liquidation,
            sameAddress(liquidation.account, owner.address) ? 'agent' : 'twin',
            venues.labelOf,
            labels,
          ),
        ),
      }
      frames.push(frame)
      view.frame(frame, path.frames.length)
      if (p.speed !== null) {
        const left = 1000 / p.speed - (performance.now() - began)
        if (left > 0) await wait(left)
      }
    }

    const last = { agent: shown(await frameOf(owner)), twin: shown(await frameOf(twin)) }
    const first = { agent: shown(opened), twin: frames[0]?.twin ?? last.twin }
    const resultOf = (side: 'agent' | 'twin'): SideResult => {
      const losses = frames.flatMap((f) => f.liquidations).filter((l) => l.side === side)
      const actions = side === 'agent' ? frames.flatMap((f) => f.actions) : []
      return {
        liquidations: losses.length,
        equityStart: first[side].equity,
        equityEnd: last[side].equity,
        costs: sum(actions.map(({ cost }) => cost.gas + cost.slippage + cost.fees)),
        bonusesLost: sum(losses.map(({ bonus }) => bonus)),
        transactions: sum(actions.map(({ transactions }) => transactions.length)),
      }
    }
    host.stop()
    return {
      scenario: path.name,
      seed,
      engine: 'static-threshold',
      frames,
      result: { agent: resultOf('agent'), twin: resultOf('twin') },
    }
  } finally {
    store.close()
    await devnet.stop()
  }
}

async function recordAction(
  p: Omit<Parameters<typeof measureCosts>[0], never> & { readonly named: (text: string) => string },
): Promise<ActionRecord> {
  const { order, named } = p
  const { action } = order.grant ?? order
  return {
    order: order.id,
    type: action.type,
    venue: named(action.domain),
    why: named(action.why),
    outcome: order.state,
    reason: order.reason === null ? null : named(order.reason),
    healthBefore: action.healthBefore,
    healthAfter: action.healthAfter,
    cost: await measureCosts(p),
    transactions: order.transactions.map(({ hash, call }) => {
      const receipt = order.receipts.find((each) => each.hash === hash)
      return { hash, intent: call.label, status: receipt?.status ?? 'unknown' }
    }),
  }
}

function recordLiquidation(
  liquidation: Liquidation,
  side: 'agent' | 'twin',
  labelOf: (domain: string) => string,
  labels: ReadonlyMap<string, string>,
): LiquidationRecord {
  const venue = [...labels.values()].find((label) =>
    label.toLowerCase().startsWith(liquidation.protocol.split('-')[0] ?? ''),
  )
  return {
    side,
    venue: venue ?? labelOf(liquidation.protocol),
    hash: liquidation.txHash,
    closed: numberFromUsd(liquidation.closedUsd),
    bonus: numberFromUsd(liquidation.bonusUsd),
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
