import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createWorld,
  type Devnet,
  openPortfolio,
  ownerAt,
  type PricePath,
  startDevnet,
} from '@plimsoll/devnet'
import {
  type BudgetKey,
  type Frame,
  least,
  numberFromUsd,
  numberFromWad,
  rawFromNumber,
  sameAddress,
  type Usd,
  usd,
} from '@plimsoll/domain'
import { createChainClient, createChainHead } from '@plimsoll/evm'
import {
  addWalls,
  createSqliteBudgetStore,
  flowOfDepth,
  NO_WALL,
  type Wall,
} from '@plimsoll/governor'
import { assembleFrame, createSettableClock } from '@plimsoll/kernel'
import type { GovernorName } from '../compose/composeGovernor.ts'
import { composeVenues } from '../compose/composeVenues.ts'
import type { EngineName } from '../demo/demoEngine.ts'
import { createFate } from './createFate.ts'
import type { AgentState, Board, WallsByAsset } from './FleetProtocol.ts'
import type { FleetRecord } from './FleetRecord.ts'
import { DEPTH_LEFT, FLEET_FOOTPRINT, fleetPlan, GATHER_SECONDS } from './fleetPlan.ts'
import { measureImpact } from './measureImpact.ts'
import { type AgentProcess, spawnAgent } from './spawnAgent.ts'

/** A frame of the crash, for whoever looks on. */
export type FleetFrame = {
  readonly index: number
  readonly count: number
  readonly ether: number
  readonly weakest: number | null
  readonly liquidated: number
  /** [USD] */
  readonly drawn: number
}

const HOUR_MS = 3_600_000
/** Part of the bypass that is shared out evenly ahead of need; the rest is for whoever has used theirs up. [millionths] */
const AHEAD_E6 = 500_000n
/** Share of the market's volume that the pools have, as large pools do. */
const TURNOVER = 0.25
const SLOT_SECONDS = BigInt(FLEET_FOOTPRINT.slotMs / 1_000)
/** Where in a slot a frame begins. [s] */
const FRAME_OFFSET = 10n
/** Ether that an owner has for gas. [wei] */
const GAS_MONEY = 1_000n * 10n ** 18n

/**
 * Plays a crash with many agents, each in a process of its own, on one chain with one market and one store of budgets.
 *
 * Whatever one agent sells, the others and their liquidators sell after it. Everything started is stopped, however it ends.
 *
 * @throws {@link AgentProcessError} when the process of an agent fails.
 */
export async function runFleet(p: {
  readonly path: PricePath
  readonly seed: number
  readonly agents: number
  /** Of a loan, give or take a third. [USD] */
  readonly debt: number
  readonly engine: EngineName
  readonly governor: GovernorName
  readonly progress: (message: string) => void
  readonly onFrame: (frame: FleetFrame) => void
}): Promise<FleetRecord> {
  const { path, seed, governor } = p
  const began = performance.now()
  const devnet = await startDevnet({ onProgress: p.progress })
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-fleet-')).catch(async (cause) => {
    await devnet.stop()
    throw cause
  })
  const processes: AgentProcess[] = []
  try {
    const owners = Array.from({ length: p.agents }, (_, i) => ownerAt(i).address)
    p.progress(`opening ${p.agents} loans`)
    for (const [agent, owner] of owners.entries()) {
      await devnet.setBalance(owner, GAS_MONEY)
      await openPortfolio(devnet, owner, fleetPlan({ seed, agent, debt: p.debt }))
    }
    const { client, opened } = await look(devnet)
    const store = join(folder, 'budgets.db')
    await defineBudgets(store, opened)

    p.progress(`starting ${p.agents} processes`)
    processes.push(...owners.map((_, index) => spawnAgent(index)))
    const started = await Promise.all(
      processes.map((each, index) =>
        each.ask(
          {
            type: 'start',
            brief: {
              ...{ index, rpcUrl: devnet.rpcUrl, chainId: devnet.chainId, store, governor },
              ...{ deployment: devnet.deployment, engine: p.engine, config: FLEET_FOOTPRINT },
              wallet: join(folder, `bypass ${index}.db`),
              bypassShareE6: AHEAD_E6 / BigInt(p.agents),
            },
          },
          'started',
        ),
      ),
    )
    await alignToSlot(devnet)
    const world = await createWorld(devnet, { path, seed, watch: owners, turnover: TURNOVER })
    const from = await client.getBlockNumber()

    const fates = started.map(({ state }) => createFate(state))
    let walls = wallsOf(started.map(({ state }) => state))
    const tickAll = async (index: number, volumes: Board['volumes']): Promise<boolean> => {
      const before = fates.map(({ waiting }) => waiting)
      const reports = await Promise.all(
        processes.map((each) => each.ask({ type: 'tick', board: { walls, volumes } }, 'ticked')),
      )
      for (const [i, report] of reports.entries()) fates[i]?.hear(report, index)
      walls = wallsOf(reports.map(({ state }) => state))
      return fates.some(({ waiting }, i) => waiting > (before[i] ?? 0))
    }
    let forced = 0
    for (let index = 0; !world.done; index++) {
      const moved = await world.step()
      for (const { account, closedUsd } of moved.liquidations) {
        forced += numberFromUsd(closedUsd)
        fates[owners.findIndex((owner) => sameAddress(owner, account))]?.liquidate(index)
      }
      const volumes = volumesOf(path, index)
      const isGathering = await tickAll(index, volumes)
      if (isGathering) {
        await waitForGathering(devnet)
        await tickAll(index, volumes)
      }
      p.onFrame({
        ...{ index, count: path.frames.length },
        ether: numberFromWad(moved.oraclePrices.ETH),
        weakest: Math.min(...fates.map(({ state }) => state.health ?? Number.POSITIVE_INFINITY)),
        liquidated: fates.filter(({ liquidatedIn }) => liquidatedIn !== null).length,
        drawn: sum(fates.map(({ drawn }) => drawn)),
      })
    }
    const stopped = await Promise.all(
      processes.map((each) => each.ask({ type: 'stop' }, 'stopped')),
    )
    return {
      ...{ governor, seed, scenario: path.name, frames: path.frames.length, forced },
      agents: fates.map((fate, agent) =>
        fate.record({
          ...{ agent, owner: owners[agent] ?? '' },
          leased: stopped[agent]?.leased ?? 0,
        }),
      ),
      impact: await measureImpact({
        ...{ client, deployment: devnet.deployment, owners, from },
        to: await client.getBlockNumber(),
      }),
      cap: { orders: FLEET_FOOTPRINT.ownImpactAmber, all: FLEET_FOOTPRINT.ownImpactRed },
      seconds: (performance.now() - began) / 1_000,
    }
  } finally {
    for (const each of processes) each.kill()
    await devnet.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A client, and the market as one owner's frame shows it. */
async function look({ rpcUrl, chainId, deployment }: Devnet) {
  const client = await createChainClient({ rpcUrl, chainId, multicall3: deployment.multicall3 })
  const venues = await composeVenues(client, deployment, ['aave'])
  const head = createChainHead(client)
  const { address } = ownerAt(0)
  const opened = await assembleFrame({
    ...venues,
    head,
    owner: address,
    block: await head.latest(),
  })
  return { client, opened }
}

/**
 * Sets the fleet's budgets: an hour's orders together move a market by no more than amber, an hour's bypass by no more than from
 * amber to red. The bypass has slots of an hour, and any hour may see two of them.
 */
async function defineBudgets(path: string, opened: Frame): Promise<void> {
  const clock = createSettableClock(Number(opened.block.timestamp) * 1_000)
  const store = createSqliteBudgetStore({ path, clock, create: true })
  const { ownImpactAmber, ownImpactRed, slotMs } = FLEET_FOOTPRINT
  try {
    for (const { asset, venue, depthDown, depthUp } of opened.depth) {
      const key = (purpose: BudgetKey['purpose']): BudgetKey => ({ asset, venue, purpose })
      const depth = DEPTH_LEFT * numberFromUsd(usd(least(depthDown, depthUp)))
      const orders = flowOfDepth(ownImpactAmber, depth) / (HOUR_MS / slotMs + 1) // so many slots an hour may touch
      const bypass = flowOfDepth(ownImpactRed - ownImpactAmber, depth) / 2
      await store.define(key('orders'), {
        ...{ limit: dollars(orders), slotMs, gatherMs: GATHER_SECONDS * 1_000, leaseSlots: 2 },
      })
      await store.define(key('bypass'), {
        ...{ limit: dollars(bypass), slotMs: HOUR_MS, gatherMs: 0, leaseSlots: 1 },
      })
    }
  } finally {
    await store.close()
  }
}

const dollars = (value: number): Usd => usd(rawFromNumber(value, 8))

/** Lets frames begin early in a slot, so that there is time to gather in each. */
async function alignToSlot(devnet: Devnet): Promise<void> {
  const { timestamp } = await devnet.client.getBlock()
  const late = (timestamp - FRAME_OFFSET + 1n) % SLOT_SECONDS
  await devnet.mine(Number(SLOT_SECONDS - late))
}

/** Time passes until wishes of the slot are answered. */
async function waitForGathering(devnet: Devnet): Promise<void> {
  const { timestamp } = await devnet.client.getBlock()
  const into = Number(timestamp % SLOT_SECONDS)
  if (into < GATHER_SECONDS) await devnet.mine(GATHER_SECONDS - into)
}

/** What was traded of every asset in the bar of a frame. [USD] */
function volumesOf({ frames }: PricePath, index: number): Board['volumes'] {
  const frame = frames[index]
  const dollars: Record<string, number> = {}
  for (const [asset, price] of Object.entries(frame?.prices ?? {}))
    for (const [traded, units] of Object.entries(frame?.volumes ?? {}))
      if (traded === asset) dollars[asset] = units * numberFromWad(price)
  return dollars
}

const wallsOf = (states: readonly AgentState[]): WallsByAsset => {
  const walls: Record<string, Wall> = {}
  for (const state of states)
    for (const [asset, wall] of Object.entries(state.walls))
      walls[asset] = addWalls([walls[asset] ?? NO_WALL, wall])
  return walls
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
