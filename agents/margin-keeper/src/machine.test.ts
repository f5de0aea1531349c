import {
  type Action,
  type Frame,
  type FrameAssessed,
  type FrameObserved,
  type Order,
  type Plan,
  type Recovery,
  usd,
} from '@plimsoll/domain'
import type { AgentEvent, AgentRequest } from '@plimsoll/kernel'
import type { Assessment } from '@plimsoll/risk'
import { beforeEach, describe, expect, test } from 'vitest'
import { createActor } from 'xstate'
import { DEFAULT_MARGIN_KEEPER_CONFIG } from './config.ts'
import { marginKeeper } from './machine.ts'

const config = { ...DEFAULT_MARGIN_KEEPER_CONFIG, attempts: 3, unsureTicks: 2 }

const frame = {} as Frame
const assessmentAt = (equity: number, health: number): Assessment =>
  ({
    equity,
    weakest: 'loan',
    domains: [{ domain: 'loan', healthFactor: health }],
    breakers: { overall: 'green' },
    forcedVenues: 0,
    outlook: { forecasts: [] },
  }) as unknown as Assessment
const action: Action = {
  type: 'repay',
  domain: 'loan',
  intents: [],
  settlement: 'direct',
  flashLoan: null,
  cost: { slippage: usd(0n), fees: usd(0n), gas: usd(0n) },
  healthBefore: 1,
  healthAfter: 2,
  why: '',
}
const planOf = (actions: number): Plan => ({
  engine: 'test',
  actions: Array.from({ length: actions }, () => action),
  why: '',
})
const order = (id: string, state: Order['state']): Order => ({
  id,
  action,
  state,
  grant: null,
  transactions: [],
  receipts: [],
  reason: null,
})
const failed = (recovery: Recovery): AgentEvent => ({
  type: 'step.failed',
  step: 'frame.requested',
  recovery,
  code: 'TEST',
  reason: 'a test',
})

const SEEN: AgentEvent = { type: 'block.seen' }
const RECOVERED: AgentEvent = { type: 'recovery.settled', orders: [], observed: [], assessed: [] }
const FRAME: AgentEvent = { type: 'frame.ready', frame }
const ASSESSED: AgentEvent = {
  type: 'assessment.ready',
  assessment: assessmentAt(100, 2),
  time: 1_000n,
}
const PLANNED: AgentEvent = { type: 'plan.ready', plan: planOf(2) }
const GRANTED: AgentEvent = {
  type: 'grants.ready',
  orders: [order('k#1', 'granted'), order('k#2', 'denied'), order('k#3', 'granted')],
}
const settled = (id: string, state: Order['state'] = 'settled'): AgentEvent => ({
  type: 'order.settled',
  order: order(id, state),
})
const RECONCILED: AgentEvent = { type: 'reconciliation.settled', orders: [] }
const PAUSE: AgentEvent = { type: 'operator.paused' }
const RESUME: AgentEvent = { type: 'operator.resumed' }

/** Events that lead from the start to a state. */
const TO = {
  recovering: [],
  watching: [RECOVERED],
  assessing: [RECOVERED, SEEN, FRAME],
  planning: [RECOVERED, SEEN, FRAME, ASSESSED],
  governing: [RECOVERED, SEEN, FRAME, ASSESSED, PLANNED],
  executing: [RECOVERED, SEEN, FRAME, ASSESSED, PLANNED, GRANTED],
  reconciling: [RECOVERED, SEEN, FRAME, ASSESSED, PLANNED, GRANTED, settled('k#1', 'unknown')],
  paused: [RECOVERED, PAUSE],
  halted: [failed('halt')],
} as const satisfies Record<string, readonly AgentEvent[]>
type State = keyof typeof TO

let requests: AgentRequest[]
let actor: ReturnType<typeof start>

function start() {
  const fresh = createActor(marginKeeper, { input: { config } })
  fresh.on('*', (request) => requests.push(request))
  fresh.subscribe({ error: () => {} })
  return fresh.start()
}
/** A machine brought to a state; what it asked for on the way is forgotten. */
const at = (state: State): void => {
  requests = []
  actor = start()
  tell(...TO[state])
  expect(here()).toBe(state)
  requests = []
}
const tell = (...events: readonly AgentEvent[]): void => {
  for (const event of events) actor.send(event)
}
const here = (): string => String(actor.getSnapshot().value)
const asked = (): readonly string[] => requests.map(({ type }) => type)

beforeEach(() => at('recovering'))

describe('the way of one tick', () => {
  test('default: every state asks for its step and goes on with its outcome', () => {
    requests = []
    actor = start()
    const walked = [here()]
    for (const event of [...TO.executing, settled('k#1'), settled('k#3', 'refused'), RECONCILED]) {
      actor.send(event)
      walked.push(here())
    }
    expect(walked).toEqual([
      'recovering',
      'watching',
      'watching',
      'assessing',
      'planning',
      'governing',
      'executing',
      'executing',
      'reconciling',
      'watching',
    ])
    expect(requests).toEqual([
      { type: 'recovery.requested' },
      { type: 'frame.requested' },
      { type: 'assessment.requested' },
      { type: 'plan.requested', mode: 'normal' },
      { type: 'grants.requested' },
      { type: 'order.requested', order: 'k#1' },
      { type: 'order.requested', order: 'k#3' },
      { type: 'reconciliation.requested' },
    ])
  })

  test('behavior: a plan to hold ends the tick', () => {
    at('planning')
    tell({ type: 'plan.ready', plan: planOf(0) })
    expect([here(), asked()]).toEqual(['watching', []])
  })

  test('behavior: when everything is denied nothing is asked of the chain', () => {
    at('governing')
    tell({ type: 'grants.ready', orders: [order('k#1', 'denied')] })
    expect([here(), asked()]).toEqual(['watching', []])
  })

  test('behavior: an order of unknown fate drops the rest of the queue', () => {
    at('executing')
    tell(settled('k#1', 'unknown'))
    expect([here(), asked()]).toEqual(['reconciling', ['reconciliation.requested']])
    tell(RECONCILED, settled('k#3'))
    expect(here()).toBe('watching')
  })

  test('behavior: an order that someone fills later holds nothing up', () => {
    at('executing')
    tell(settled('k#1', 'committed'))
    expect([here(), asked()]).toEqual(['executing', ['order.requested']])
    tell(settled('k#3', 'committed'), RECONCILED)
    expect(here()).toBe('watching')
  })

  test('behavior: events out of place change nothing', () => {
    for (const [state, event] of [
      ['watching', PLANNED],
      ['watching', settled('k#1')],
      ['planning', FRAME],
      ['executing', SEEN],
      ['reconciling', FRAME],
      ['recovering', RECONCILED],
      ['watching', RESUME],
    ] as const) {
      at(state)
      tell(event)
      expect([here(), asked()]).toEqual([state, []])
    }
  })
})

describe('recovery: retry', () => {
  test.for([
    ['recovering', 'recovery.requested'],
    ['watching', 'frame.requested'],
    ['assessing', 'assessment.requested'],
    ['planning', 'plan.requested'],
    ['executing', 'order.requested'],
    ['reconciling', 'reconciliation.requested'],
  ] as const)('%s asks again, as often as allowed', ([state, request]) => {
    at(state)
    tell(failed('retry'), failed('retry'))
    expect([here(), asked()]).toEqual([state, [request, request]])
  })

  test.for([
    ['recovering', 'recovering'],
    ['watching', 'watching'],
    ['assessing', 'watching'],
    ['planning', 'watching'],
    ['executing', 'reconciling'],
    ['reconciling', 'reconciling'],
  ] as const)('%s gives up for this tick after the third try', ([state, then]) => {
    at(state)
    tell(failed('retry'), failed('retry'), failed('retry'))
    expect(here()).toBe(then)
  })

  test('behavior: governing is not repeated: what was opened is closed first', () => {
    at('governing')
    tell(failed('retry'))
    expect([here(), asked()]).toEqual(['reconciling', ['reconciliation.requested']])
  })

  test('behavior: each step, and each tick, has its own attempts', () => {
    at('watching')
    tell(SEEN, failed('retry'), failed('retry'), failed('retry'))
    requests = []
    tell(SEEN, failed('retry'))
    expect(asked()).toEqual(['frame.requested', 'frame.requested'])
    tell(FRAME, failed('retry'), failed('retry'))
    expect(here()).toBe('assessing')
  })
})

describe('recovery: refresh', () => {
  test.for([
    ['recovering', 'recovering'],
    ['watching', 'watching'],
    ['assessing', 'watching'],
    ['planning', 'watching'],
    ['governing', 'reconciling'],
    ['executing', 'reconciling'],
    ['reconciling', 'reconciling'],
  ] as const)('%s waits for fresh data in %s', ([state, then]) => {
    at(state)
    tell(failed('refresh'))
    expect(here()).toBe(then)
  })

  test('behavior: the next block is looked at', () => {
    at('watching')
    tell(SEEN, failed('refresh'))
    requests = []
    tell(SEEN)
    expect(asked()).toEqual(['frame.requested'])
  })
})

describe('recovery: reconcile', () => {
  test.for(['watching', 'assessing', 'planning', 'governing', 'executing'] as const)(
    '%s reconciles before anything else',
    (state) => {
      at(state)
      tell(failed('reconcile'))
      expect([here(), asked()]).toEqual(['reconciling', ['reconciliation.requested']])
    },
  )

  test.for([
    ['reconciling', 'reconciliation.requested', RECONCILED],
    ['recovering', 'recovery.requested', RECOVERED],
  ] as const)(
    '%s rests while the chain is silent, and goes on to the block that was seen',
    ([state, request, done]) => {
      at(state)
      tell(failed('reconcile'))
      expect([here(), asked()]).toEqual([state, []])
      tell(SEEN)
      expect([here(), asked()]).toEqual([state, [request]])
      tell(done)
      expect([here(), asked()]).toEqual(['watching', [request, 'frame.requested']])
    },
  )

  test.for(['reconciling', 'recovering'] as const)(
    '%s halts when the chain stays silent for more ticks than allowed',
    (state) => {
      at(state)
      tell(failed('reconcile'), SEEN, failed('reconcile'))
      expect(here()).toBe(state)
      tell(SEEN, failed('reconcile'))
      expect(here()).toBe('halted')
    },
  )

  test('behavior: doubt ends with an answer', () => {
    at('reconciling')
    tell(failed('reconcile'), SEEN, failed('reconcile'), SEEN, RECONCILED)
    expect(actor.getSnapshot().context.unsure).toBe(0)
  })
})

describe('recovery: halt', () => {
  test.for([
    'recovering',
    'watching',
    'assessing',
    'planning',
    'governing',
    'executing',
    'reconciling',
  ] as const)('%s halts and asks for nothing more', (state) => {
    at(state)
    tell(failed('halt'))
    expect([here(), asked()]).toEqual(['halted', []])
    expect(actor.getSnapshot().hasTag('needs-operator')).toBe(true)
    tell(SEEN, FRAME, PLANNED)
    expect([here(), asked()]).toEqual(['halted', []])
  })

  test('behavior: a pause does not free a halted machine, a resume recovers first', () => {
    at('halted')
    tell(PAUSE)
    expect(here()).toBe('halted')
    tell(RESUME)
    expect([here(), asked()]).toEqual(['recovering', ['recovery.requested']])
  })
})

describe('operator', () => {
  test.for([
    'recovering',
    'watching',
    'assessing',
    'planning',
    'governing',
    'executing',
    'reconciling',
  ] as const)('%s pauses at once; what was under way is not gone on with', (state) => {
    at(state)
    tell(PAUSE)
    expect([here(), asked()]).toEqual(['paused', []])
    tell(FRAME, ASSESSED, PLANNED, GRANTED, settled('k#1'), RECONCILED, failed('retry'))
    expect([here(), asked()]).toEqual(['paused', []])
    tell(RESUME)
    expect([here(), asked()]).toEqual(['recovering', ['recovery.requested']])
    tell(RECOVERED)
    expect([here(), asked()]).toEqual(['watching', ['recovery.requested']])
  })

  test('behavior: a paused machine still looks, and does nothing', () => {
    at('paused')
    tell(SEEN, FRAME, SEEN)
    expect([here(), asked()]).toEqual(['paused', ['frame.requested', 'frame.requested']])
  })
})

describe('preserving', () => {
  const assessed = (time: bigint, equity: number, health: number): AgentEvent => ({
    type: 'assessment.ready',
    assessment: assessmentAt(equity, health),
    time,
  })
  const hold: AgentEvent = { type: 'plan.ready', plan: planOf(0) }
  const modes = (): readonly string[] =>
    requests.flatMap((request) => (request.type === 'plan.requested' ? [request.mode] : []))

  test('default: entered on weak health, kept through calm, left after it lasted', () => {
    at('watching')
    for (const [time, health] of [
      [0n, 2],
      [300n, 1.01],
      [600n, 2],
      [22_199n, 2],
      [22_200n, 2],
    ] as const)
      tell(SEEN, FRAME, assessed(time, 100, health), hold)
    expect(modes()).toEqual(['normal', 'preserving', 'preserving', 'preserving', 'normal'])
  })

  test('behavior: entered on drawdown', () => {
    at('watching')
    tell(SEEN, FRAME, assessed(0n, 100, 2), hold, SEEN, FRAME, assessed(300n, 84, 2), hold)
    expect(modes()).toEqual(['normal', 'preserving'])
  })

  test('behavior: a restart recalls it from the journal', () => {
    const observed = (time: bigint, equity: number): FrameObserved => ({
      type: 'frame.observed',
      agent: 'k',
      at: 0,
      block: 1n,
      owner: '0x0',
      time,
      equity,
      health: [{ domain: 'loan', factor: 2 }],
      prices: [],
    })
    tell({
      type: 'recovery.settled',
      orders: [],
      observed: [observed(0n, 100), observed(300n, 80)],
      assessed: [],
    })
    expect(actor.getSnapshot().context.mode).toBe('preserving')
    tell(SEEN, FRAME, assessed(600n, 82, 2))
    expect(modes()).toEqual(['preserving'])
  })

  test('behavior: what was assessed before a restart counts: a red breaker, then six clear hours', () => {
    const seen = (time: bigint): FrameObserved => ({
      type: 'frame.observed',
      agent: 'k',
      at: 0,
      block: 1n,
      owner: '0x0',
      time,
      equity: 100,
      health: [{ domain: 'loan', factor: 2 }],
      prices: [],
    })
    const judged = (time: bigint, level: 'green' | 'red'): FrameAssessed => ({
      type: 'frame.assessed',
      agent: 'k',
      at: 0,
      block: 1n,
      time,
      regime: 'calm',
      probabilities: [],
      any24h: 0.001,
      sigmaRatio: 1,
      forcedVenues: 0,
      worst: null,
      level,
      breakers: '{}',
    })
    const recover = (...levels: readonly ('green' | 'red')[]) => {
      const times = levels.map((_, i) => BigInt(i) * 21_600n)
      tell({
        type: 'recovery.settled',
        orders: [],
        observed: times.map(seen),
        assessed: levels.map((level, i) => judged(times[i] ?? 0n, level)),
      })
      return actor.getSnapshot().context.mode
    }
    expect(recover('green', 'red', 'green')).toBe('preserving')
    at('recovering')
    expect(recover('green', 'red', 'green', 'green')).toBe('normal')
  })
})

test('behavior: a throw inside an action stops the machine, which asks for nothing more', () => {
  at('assessing')
  const broken = { type: 'assessment.ready', assessment: null, time: 0n } as unknown as AgentEvent
  tell(broken)
  expect(actor.getSnapshot().status).toBe('error')
  expect(asked()).toEqual([])
})
