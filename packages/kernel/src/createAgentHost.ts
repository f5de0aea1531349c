import {
  type AssetId,
  BaseError,
  type BlockRef,
  type ChainHead,
  type Event,
  type Frame,
  type PricePoint,
  reason,
  type VolatilityModel,
} from '@plimsoll/domain'
import type { Agent, AgentActor } from './Agent.ts'
import type { AgentEvent, AgentMode, AgentRequest, AgentStep, StepFailed } from './AgentProtocol.ts'
import { assembleFrame, type FrameSources } from './assembleFrame.ts'
import type { Journal } from './createJournal.ts'
import {
  createPriceHistory,
  DEFAULT_HISTORY_SETTINGS,
  type HistorySettings,
} from './createPriceHistory.ts'
import type { OrderDesk } from './OrderDesk.ts'
import { observeFrame } from './observeFrame.ts'
import type { TickReport } from './TickReport.ts'

/** A running agent: its machine, and everything the machine asks for. */
export type AgentHost = {
  /** Starts the machine, which recovers first. Returns the state it rests in. */
  start(): Promise<string>
  /** Drives one frame: the given block, or the latest. Ticks that overlap wait for each other. */
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
  readonly volatility: VolatilityModel
  /** Prices from before the first frame. */
  readonly earlier?: ReadonlyMap<AssetId, readonly PricePoint[]>
  readonly history?: HistorySettings
}

/** What a tick has gathered so far. */
type Gathered = {
  -readonly [K in keyof Omit<TickReport, 'block' | 'state' | 'mode' | 'orders'>]: TickReport[K]
} & { failures: StepFailed[]; orderIds: string[] }

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
    settings: p.history ?? DEFAULT_HISTORY_SETTINGS,
  })
  const requests: AgentRequest[] = []
  let actor = spawn()
  let died = false
  let era = 0 // rises with every word of the operator: outcomes of an earlier era are not told
  let logged = ''
  let block = 0n
  let tick: Gathered = nothing()
  let last: Promise<unknown> = Promise.resolve()

  function spawn(): AgentActor {
    const fresh = agent.spawn()
    fresh.on('*', (request) => requests.push(request))
    fresh.subscribe({ error: (cause) => tick.failures.push(failureOf('machine', cause)) })
    return fresh
  }

  const snapshot = () => actor.getSnapshot()
  const state = (): string =>
    died || snapshot().status === 'error' ? 'halted' : String(snapshot().value)
  const mode = (): AgentMode => snapshot().context.mode

  const logState = (): void => {
    const now = mode() === 'preserving' ? `${state()} (preserving)` : state()
    if (now === logged) return
    logged = now
    journal.record(block, { type: 'agent.moved', state: now })
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
        if (outcome.type === 'step.failed') tick.failures.push(outcome)
        if (begun === era) tell(outcome)
        if (state() === 'halted') requests.length = 0
      }
    } catch (cause) {
      // Only the journal can throw here; an agent that cannot journal may not act.
      died = true
      requests.length = 0
      tick.failures.push(failureOf('journal', cause))
    }
  }

  const attempt = async (request: AgentRequest): Promise<AgentEvent> => {
    try {
      return await perform(request)
    } catch (cause) {
      if (request.type === 'frame.requested')
        journal.record(block, { type: 'frame.refused', reason: reason(cause) })
      return failureOf(request.type, cause)
    }
  }

  const perform = async (request: AgentRequest): Promise<AgentEvent> => {
    switch (request.type) {
      case 'recovery.requested':
        return { type: 'recovery.settled', orders: await desk.recover() }
      case 'frame.requested': {
        const frame = await assembleFrame({ ...p, owner: desk.owner, block: request.block })
        return seen(frame)
      }
      case 'assessment.requested': {
        tick.assessment = agent.policy.assess(request)
        return { type: 'assessment.ready', assessment: tick.assessment }
      }
      case 'plan.requested': {
        tick.plan = agent.policy.plan(request)
        journal.record(block, { type: 'plan.proposed', plan: tick.plan })
        return { type: 'plan.ready', plan: tick.plan }
      }
      case 'grants.requested': {
        const orders = request.plan.actions.map((action) =>
          desk.open(agent.policy.govern({ action, frame: request.frame }), request.frame.block),
        )
        tick.orderIds.push(...orders.map(({ id }) => id))
        return { type: 'grants.ready', orders }
      }
      case 'order.requested':
        return { type: 'order.settled', order: await desk.execute(request) }
      case 'reconciliation.requested':
        return { type: 'reconciliation.settled', orders: await desk.reconcile(request.block) }
      default:
        return request satisfies never
    }
  }

  const seen = (frame: Frame): AgentEvent => {
    history.observe(frame)
    journal.record(block, observeFrame(frame))
    tick.frame = frame
    tick.forecasts = history.forecasts(p.volatility)
    return { type: 'frame.ready', frame, forecasts: tick.forecasts }
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
        tick = nothing()
        block = at.number
        if (state() !== 'halted') tell({ type: 'block.seen', block: at })
        await drain()
        const orders = tick.orderIds.map((id) => desk.find(id)).filter((order) => order !== null)
        const { orderIds: _, ...gathered } = tick
        return { ...gathered, block: at, state: state(), mode: mode(), orders }
      }),
    pause() {
      era += 1
      requests.length = 0
      tell({ type: 'operator.paused' })
    },
    resume: () =>
      inTurn(async () => {
        era += 1
        requests.length = 0
        if (state() === 'halted' && (died || snapshot().status === 'error')) {
          died = false
          actor = spawn()
          actor.start()
        } else tell({ type: 'operator.resumed' })
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

const nothing = (): Gathered => ({
  frame: null,
  forecasts: [],
  assessment: null,
  plan: null,
  failures: [],
  orderIds: [],
})

/** What is not one of our errors is our bug. */
function failureOf(step: AgentStep, cause: unknown): StepFailed {
  const known = cause instanceof BaseError ? cause : null
  return {
    type: 'step.failed',
    step,
    recovery: known?.recovery ?? 'halt',
    code: known?.code ?? 'INVARIANT_UNEXPECTED',
    reason: reason(cause),
  }
}
