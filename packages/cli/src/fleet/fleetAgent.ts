import { ownerAt } from '@plimsoll/devnet'
import {
  BaseError,
  equity,
  type Frame,
  healthFactorOf,
  numberFromUsd,
  reason,
  worseHealth,
} from '@plimsoll/domain'
import { createChainClient, createChainHead } from '@plimsoll/evm'
import {
  type BypassWallet,
  createSqliteBudgetStore,
  createSqliteBypassWallet,
  wallOf,
} from '@plimsoll/governor'
import {
  type AgentHost,
  assembleFrame,
  createMemoryEventStore,
  createSettableClock,
} from '@plimsoll/kernel'
import { composeAgent } from '../compose/composeAgent.ts'
import { composeVenues } from '../compose/composeVenues.ts'
import { setUpExecutor } from '../compose/setUpExecutor.ts'
import { demoEngine } from '../demo/demoEngine.ts'
import type { AgentBrief, AgentState, Board, FleetCommand, FleetReport } from './FleetProtocol.ts'

// One agent of a fleet, in a process of its own: started and driven over the channel of its parent.

type Running = {
  tick(board: Board): Promise<Extract<FleetReport, { type: 'ticked' }>>
  stop(): Promise<Extract<FleetReport, { type: 'stopped' }>>
  readonly state: AgentState
}

let running: Running | null = null
let last: Promise<void> = Promise.resolve()

process.on('message', (command: FleetCommand) => {
  last = last
    .then(() => answer(command))
    .then(say, (cause) => say({ type: 'failed', reason: told(cause) }))
})
process.on('disconnect', () => process.exit())

const say = (report: FleetReport): void => void process.send?.(report)
const told = (cause: unknown): string =>
  cause instanceof BaseError ? `${cause.code}: ${cause.message}` : reason(cause)

async function answer(command: FleetCommand): Promise<FleetReport> {
  if (command.type === 'start') {
    running = await start(command.brief)
    return { type: 'started', state: running.state }
  }
  if (running === null) return { type: 'failed', reason: `${command.type} before start` }
  return command.type === 'tick' ? running.tick(command.board) : running.stop()
}

async function start(brief: AgentBrief): Promise<Running> {
  const { deployment, config } = brief
  const owner = ownerAt(brief.index)
  const { multicall3 } = deployment
  const client = await createChainClient({ ...brief, multicall3 })
  const venues = await composeVenues(client, deployment, ['aave'])
  const executor = await setUpExecutor({ client, venues, owner, deployer: owner })
  const head = createChainHead(client)
  const frameNow = async () =>
    assembleFrame({ ...venues, head, owner: owner.address, block: await head.latest() })
  const opened = await frameNow()
  const clock = createSettableClock(Number(opened.block.timestamp) * 1_000)
  const store = createSqliteBudgetStore({ path: brief.store, clock, patienceMs: 30_000 })
  const purse = createSqliteBypassWallet(brief.wallet)
  let leased = 0
  const wallet: BypassWallet = {
    ...purse,
    fill(allowance) {
      leased += numberFromUsd(allowance.granted)
      purse.fill(allowance)
    },
  }
  let board: Board = { walls: {}, volumes: {} }
  const host: AgentHost = await composeAgent({
    ...{ client, venues, owner, executor, clock, opened },
    store: createMemoryEventStore(),
    createEngine: demoEngine(brief.engine, opened),
    governor: brief.governor,
    ties: {
      ...{ config, store, wallet, bypassShareE6: brief.bypassShareE6 },
      agent: `agent ${brief.index}`,
      volume: (asset) => board.volumes[asset] ?? null,
      walls(asset) {
        const fleet = board.walls[asset]
        return fleet === undefined ? null : { own: fleet, visible: fleet }
      },
    },
  })
  const grants: Record<string, number> = {}
  let drawn = 0
  host.listen((event) => {
    if (event.type !== 'order.governed') return
    const { grant } = event
    const name = grant.type === 'allowed' ? grant.type : `${grant.type} by ${grant.rule}`
    grants[name] = (grants[name] ?? 0) + 1
    if (!('leases' in grant)) return
    for (const { purpose, amount } of grant.leases ?? [])
      if (purpose === 'bypass') drawn += numberFromUsd(amount)
  })
  await host.start()
  return {
    state: stateOf(opened),
    async tick(told) {
      board = told
      const block = await head.latest()
      clock.set(Number(block.timestamp) * 1_000)
      const report = await host.tick(block)
      return {
        type: 'ticked',
        state: stateOf(report.frame ?? (await frameNow())),
        grants: { ...grants },
        drawn,
        failures: report.failures.map(({ step, code, reason: why }) => `${step}, ${code}: ${why}`),
        rests: report.state,
      }
    },
    async stop() {
      host.stop()
      wallet.close()
      await store.close()
      return { type: 'stopped', leased }
    },
  }
}

function stateOf(frame: Frame): AgentState {
  const { domains } = frame.portfolio
  const levered = domains.filter((domain) => domain.health(frame.oraclePrices).type !== 'unlevered')
  const healths = levered.map((domain) => healthFactorOf(worseHealth(domain, frame).health))
  return {
    equity: equity(frame.portfolio, frame.marketPrices),
    debt: levered.reduce((sum, domain) => sum + domain.exposure(frame.oraclePrices), 0),
    health: healths.length === 0 ? null : Math.min(...healths),
    walls: Object.fromEntries(
      ['ETH', 'BTC'].map((asset) => [asset, wallOf(asset, domains, frame)]),
    ),
  }
}
