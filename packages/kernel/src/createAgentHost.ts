import {
  type AssetId,
  type BlockRef,
  type ChainHead,
  type Event,
  type ForecastRound,
  type ForecastSource,
  IncompleteFrameError,
  InvariantError,
  type Order,
  type PricePoint,
  reason,
  type VolatilityModel,
} from '@plimsoll/domain'
import type { Agent, AgentActor } from './Agent.ts'
import type { AgentEvent, AgentMode, AgentRequest } from './AgentProtocol.ts'
import { assembleFrame, type FrameSources } from './assembleFrame.ts'
import type { Journal } from './createJournal.ts'
import { createPoolHistory } from './createPoolHistory.ts'
import { createPriceHistory } from './createPriceHistory.ts'
import { failureOf } from './failureOf.ts'
import type { OrderDesk } from './OrderDesk.ts'
import { observeFrame } from './observeFrame.ts'
import { recallBreakers } from './recallBreakers.ts'
import { summarise } from './summarise.ts'
import type { TickReport } from './TickReport.ts'

/** A running agent: its machine, and everything the machine asks for. */
export type AgentHost = {
  /** Starts the machine, which recovers first. Returns the state it rests in. */
  start(): Promise<string>
  /**
   * Drives one frame: of the given block, or the latest, or a later one where a transaction of ours was settled after
   * it. Ticks that overlap wait for each other.
   *
   * @throws what the head of the chain throws when no block is given; steps that fail are in the report.
   */
  tick(block?: BlockRef): Promise<TickReport>
  /** Takes effect before the next step; what is in flight is reconciled on resuming. */
  pause(): void
  /** Goes on from paused or halted, by recovery. Returns the state it rests in. */
  resume(): Promise<string>
  /** State of the machine now; `halted` also when it died. */
  state(): string
  /** Every event of the journal, once it is durable. Returns the way to stop listening. */
  listen(listener: (event: Event) => void): () => void
  /** Stops the machine. The journal stays open: it belongs to whoever made it. */
  stop(): void
}

/** What a host works with. */
export type HostPorts = FrameSources & {
  readonly agent: Agent
  readonly desk: OrderDesk
  readonly journal: Journal
  readonly head: ChainHead
  /** Null for an agent that decides without forecasts. */
  readonly volatility: VolatilityModel | ForecastSource | null
  /** Prices from before the first frame. */
  readonly earlier?: ReadonlyMap<AssetId, readonly PricePoint[]>
}

/** What the running tick has come to so far. */
type Progress = Omit<TickReport, 'block' | 'state' | 'mode' | 'orders'> & {
  readonly orderIds: readonly string[]
}

const NO_PROGRESS: Progress = {
  frame: null,
  forecasts: [],
  missingForecasts: [],
  assessment: null,
  plan: null,
  failures: [],
  orderIds: [],
}

/**
 * Creates the host of one agent.
 *
 * The machine asks, the host performs: one step at a time, in the order asked, and tells the machine what came of it.
 * A tick ends when nothing is asked any more. A machine that died counts as halted; resuming it starts a fresh one,
 * which recovers first.
 */
export function createAgentHost(p: HostPorts): AgentHost {
  const { agent, desk, journal } = p
  const history = createPriceHistory({
    earlier: p.earlier ?? new Map(),
    events: journal.read(),
  })
  const pools = createPoolHistory()
  let breakers = recallBreakers(journal.read())
  const requests: AgentRequest[] = []
  let actor = spawn()
  let mute = false // the journal failed: an agent that cannot journal may not act
  let era = 0 // rises with every word of the operator; what was begun before it is not told
  let logged = ''
  let forecasting = '' // who answers, and why
  let block: BlockRef | null = null
  let progress = NO_PROGRESS
  let last: Promise<unknown> = Promise.resolve()

  function spawn(): AgentActor {
    const fresh = agent.spawn()
    fresh.on('*', (request) => requests.push(request))
    fresh.subscribe({ error: (cause) => fail('machine', cause) })
    return fresh
  }
  const fail = (step: 'machine' | 'journal', cause: unknown): void => {
    progress = { ...progress, failures: [...progress.failures, failureOf(step, cause)] }
  }

  const dead = (): boolean => mute || actor.getSnapshot().status === 'error'
  const state = (): string => (dead() ? 'halted' : String(actor.getSnapshot().value))
  const mode = (): AgentMode => actor.getSnapshot().context.mode

  const logState = (): void => {
    const now = mode() === 'preserving' ? `${state()} (preserving)` : state()
    if (now === logged) return
    logged = now
    journal.record(block?.number ?? 0n, { type: 'agent.moved', state: now })
  }
  /** Who forecasts is logged when it changes, what models on trial say whenever it is new. */
  const logForecasts = (block: bigint, { made, degraded, shadows }: ForecastRound): void => {
    const models = [...new Set(made.map(({ model }) => model))].sort()
    const now = `${models.join()} ${degraded ?? ''}`
    if (made.length > 0 && now !== forecasting) {
      forecasting = now
      journal.record(block, { type: 'forecast.switched', models, degraded })
    }
    for (const shadow of shadows) {
      const acting = made.find(({ asset }) => asset === shadow.asset) ?? null
      journal.record(block, { type: 'forecast.shadowed', shadow, acting })
    }
  }
  const tell = (event: AgentEvent): void => {
    actor.send(event)
    logState()
  }

  /** Performs requests until the machine rests. */
  const drain = async (): Promise<void> => {
    try {
      logState()
      for (let next = requests.shift(); next !== undefined; next = requests.shift()) {
        const begun = era
        const outcome = await attempt(next)
        if (outcome.type === 'step.failed')
          progress = { ...progress, failures: [...progress.failures, outcome] }
        if (begun === era) tell(outcome)
        if (state() === 'halted') requests.length = 0
      }
    } catch (cause) {
      mute = true
      requests.length = 0
      fail('journal', cause)
    }
  }

  /** Orders of the tick, each once. */
  const report = (orders: readonly Order[]): void => {
    const ids = new Set([...progress.orderIds, ...orders.map(({ id }) => id)])
    progress = { ...progress, orderIds: [...ids] }
  }

  const attempt = async (request: AgentRequest): Promise<AgentEvent> => {
    try {
      return await perform(request)
    } catch (cause) {
      if (request.type === 'frame.requested' && block !== null)
        journal.record(block.number, { type: 'frame.refused', reason: reason(cause) })
      return failureOf(request.type, cause)
    }
  }

  const perform = async (request: AgentRequest): Promise<AgentEvent> => {
    const { policy } = agent
    switch (request.type) {
      case 'recovery.requested': {
        const recovered = await desk.recover()
        const followed = await desk.follow(await p.head.latest())
        const orders = [...recovered, ...followed]
        const events = journal.read()
        const observed = events.filter((event) => event.type === 'frame.observed')
        const assessed = events.filter((event) => event.type === 'frame.assessed')
        return { type: 'recovery.settled', orders, observed, assessed }
      }
      case 'frame.requested': {
        const at = await freshBlock(needed(block, 'block'))
        block = at
        report(await desk.follow(at))
        const frame = await assembleFrame({ ...p, owner: desk.owner, block: at })
        history.observe(frame)
        pools.observe(frame)
        journal.record(at.number, observeFrame(frame))
        const { volatility } = p
        const round = await history.forecasts(volatility)
        if (volatility !== null && 'forecastAll' in volatility) logForecasts(at.number, round)
        const { made: forecasts, missing: missingForecasts } = round
        progress = { ...progress, frame, forecasts, missingForecasts }
        return { type: 'frame.ready', frame }
      }
      case 'assessment.requested': {
        const frame = needed(progress.frame, 'frame')
        const assessment = policy.assess({
          frame,
          forecasts: progress.forecasts,
          memory: { breakers, pools: pools.read() },
        })
        breakers = assessment.breakers
        journal.record(frame.block.number, summarise(assessment, frame))
        progress = { ...progress, assessment }
        return { type: 'assessment.ready', assessment, time: frame.block.timestamp }
      }
      case 'plan.requested': {
        const frame = needed(progress.frame, 'frame')
        const assessment = needed(progress.assessment, 'assessment')
        const plan = policy.plan({ frame, assessment, mode: request.mode })
        journal.record(frame.block.number, { type: 'plan.proposed', plan })
        progress = { ...progress, plan }
        return { type: 'plan.ready', plan }
      }
      case 'grants.requested': {
        const frame = needed(progress.frame, 'frame')
        const orders: Order[] = []
        const { actions } = needed(progress.plan, 'plan')
        for (const [i, action] of actions.entries()) {
          const grant = await policy.govern({ action, frame, earlier: actions.slice(0, i) })
          const order = desk.open(grant, frame.block)
          report([order])
          orders.push(order)
        }
        return { type: 'grants.ready', orders }
      }
      case 'order.requested': {
        const order = await desk.execute({
          order: needed(desk.find(request.order), `order ${request.order}`),
          frame: needed(progress.frame, 'frame'),
          assessment: needed(progress.assessment, 'assessment'),
          forecasts: progress.forecasts,
        })
        return { type: 'order.settled', order }
      }
      case 'reconciliation.requested': {
        const orders = await desk.reconcile(needed(block, 'block').number)
        return { type: 'reconciliation.settled', orders }
      }
      default:
        return request satisfies never
    }
  }

  /** The block to look at, or a later one where ours are settled later: what we did must be in the frame. */
  const freshBlock = async (seen: BlockRef): Promise<BlockRef> => {
    const settled = desk.settledBlock()
    if (seen.number >= settled) return seen
    const latest = await p.head.latest()
    if (latest.number >= settled) return latest
    throw new IncompleteFrameError({
      missing: `our own transactions up to block ${settled}`,
      block: latest.number,
      cause: 'the node is behind',
    })
  }

  /** One thing after the other, whoever asks. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }

  return {
    state,
    listen: journal.listen,
    start: () =>
      inTurn(async () => {
        actor.start()
        await drain()
        return state()
      }),
    tick: (given) =>
      inTurn(async () => {
        const at = given ?? (await p.head.latest())
        block = at
        progress = NO_PROGRESS
        if (!dead()) actor.send({ type: 'block.seen' })
        await drain()
        const { orderIds, ...known } = progress
        const orders = orderIds.map((id) => desk.find(id)).filter((order) => order !== null)
        return { ...known, block: block ?? at, state: state(), mode: mode(), orders }
      }),
    pause() {
      if (dead()) return
      era += 1
      requests.length = 0
      tell({ type: 'operator.paused' })
    },
    resume: () =>
      inTurn(async () => {
        era += 1
        requests.length = 0
        progress = NO_PROGRESS
        if (dead()) {
          mute = false
          actor.stop()
          actor = spawn()
          actor.start()
        } else actor.send({ type: 'operator.resumed' })
        await drain()
        return state()
      }),
    stop() {
      era += 1
      requests.length = 0
      actor.stop()
    },
  }
}

/** What a request builds on. A machine that asks out of order is a bug, and halts. */
function needed<T>(value: T | null, what: string): T {
  if (value === null)
    throw new InvariantError({
      expected: `a ${what} before the machine asks for what follows from it`,
      found: 'none in this tick',
    })
  return value
}
