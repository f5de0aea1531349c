import { type BudgetAnswer, type BudgetRequest, usd } from '@plimsoll/domain'
import { createRandom, type Random } from '@plimsoll/testkit'
import type { Ledger } from '../src/budget/Ledger.ts'
import { decodeLedger, encodeLedger } from '../src/budget/ledgerJson.ts'
import { requestOf, spendOf } from '../src/budget/ledgerLaw.ts'
import { openLedger } from '../src/budget/openLedger.ts'

/** A world of agents, a network that loses and repeats messages, and a store that dies. Times are in ticks. */
export type BudgetWorld = {
  readonly seed: number
  readonly slots: number
  readonly agents: number
  readonly ticksPerSlot: number
  /** 0: first come, first served. */
  readonly gatherTicks: number
  /** Share of messages lost, each way. */
  readonly loss: number
  /** Share of messages that come a second time, up to five slots later. */
  readonly repeats: number
  /** Chance per tick that the store dies, and the longest it stays away. */
  readonly storeDeath: number
  readonly storeAway: number
  /** Chance per tick that an agent dies, and forgets what it held. */
  readonly agentDeath: number
  readonly agentAway: number
  /** Agents' clocks are off by up to this: they count from the store's time in its answers, never by their own. */
  readonly skew: number
  /** Room that an agent leaves before a slot ends. */
  readonly margin: number
}

/** Hostile by default: a fifth of the messages lost, a store that is away 1.5 % of the time. */
export const HOSTILE: Omit<BudgetWorld, 'slots'> = {
  seed: 6,
  agents: 10,
  ticksPerSlot: 12,
  gatherTicks: 3,
  loss: 0.2,
  repeats: 0.02,
  storeDeath: 1 / 2_000,
  storeAway: 60,
  agentDeath: 1 / 5_000,
  agentAway: 60,
  skew: 24,
  margin: 1,
}

export type BudgetOutcome = {
  readonly slots: number
  readonly messages: number
  readonly lost: number
  readonly storeDeaths: number
  readonly agentDeaths: number
  /** Slots whose grants, or whose trades, add up to more than the budget. */
  readonly grantBreaches: number
  readonly tradeBreaches: number
  /** Trades after the slot they were charged in. */
  readonly lateTrades: number
  /** Largest sum of trades in a slot over the budget. */
  readonly peak: number
  /** Value of what was traded over that of the central optimum, which loses no message and waits for nothing. */
  readonly value: number
}

const BUDGET = 1_000_000n
const TICK = 1_000

type Agent = {
  readonly name: string
  readonly skew: number
  awakeAt: number
  wish: { id: string; amount: bigint; urgency: number; spending: number; bornIn: number } | null
  lease: { id: string; granted: bigint; expiresAt: number } | null
  /** Store's time less its own clock's, by the last answer. */
  offset: number
}

type Old = { readonly at: number; readonly deliver: (now: number) => void }

/** Runs the law of budgets in a hostile world, and counts from outside it what it lets through. */
export function simulateBudgets(world: BudgetWorld): BudgetOutcome {
  const random = createRandom(world.seed)
  const slotMs = world.ticksPerSlot * TICK
  const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
  let ledger: Ledger = openLedger(
    key,
    { limit: usd(BUDGET), slotMs, gatherMs: world.gatherTicks * TICK, leaseSlots: 2 },
    0,
  )
  const agents = Array.from(
    { length: world.agents },
    (_, i): Agent => ({
      name: `a${i}`,
      skew: Math.round((2 * random.next() - 1) * world.skew * TICK),
      awakeAt: 0,
      wish: null,
      lease: null,
      offset: 0,
    }),
  )
  const count = {
    messages: 0,
    lost: 0,
    storeDeaths: 0,
    agentDeaths: 0,
    late: 0,
    grants: 0,
    trades: 0,
  }
  let storeBackAt = 0
  let lag = 0 // the store's clock may come back behind
  let value = 0
  let central = 0
  let peak = 0n
  let traded = new Map<number, bigint>()
  let granted = new Map<string, { slot: number; amount: bigint }>()
  const old: Old[] = []

  /** Carries a message to the store and its answer back; null when either is lost. */
  const carry = <T>(now: number, work: (storeNow: number) => T): T | null => {
    count.messages += 1
    if (random.next() < world.loss || now < storeBackAt) {
      count.lost += 1
      return null
    }
    if (random.next() < world.repeats)
      old.push({
        at: now + Math.ceil(random.next() * 5 * slotMs),
        deliver: (then) => void work(then),
      })
    const answer = work(now - lag)
    if (random.next() < world.loss) {
      count.lost += 1
      return null
    }
    return answer
  }
  const ask =
    (request: BudgetRequest) =>
    (storeNow: number): BudgetAnswer => {
      const made = requestOf(ledger, request, storeNow)
      for (const lease of made.ledger.leases)
        if (!granted.has(`${lease.id}.${lease.slot}`))
          granted.set(`${lease.id}.${lease.slot}`, { slot: lease.slot, amount: lease.granted })
      ledger = made.ledger
      return made.answer
    }
  const act = (agent: Agent, now: number): void => {
    const { wish } = agent
    if (wish === null) return
    if (agent.lease === null) {
      const answer = carry(
        now,
        ask({
          ...{ key, id: wish.id, agent: agent.name, urgency: wish.urgency },
          ...{ amount: usd(wish.amount), least: usd(0n), budget: usd(BUDGET) },
        }),
      )
      if (answer?.type !== 'granted') return
      agent.lease = answer.lease
      agent.offset = answer.now - (now + agent.skew)
    }
    const { lease } = agent
    const margin = world.margin * TICK
    const storeTime = now + agent.skew + agent.offset
    if (storeTime >= lease.expiresAt - margin) {
      agent.wish = null
      return
    }
    // Too near to the end of a slot to be sure of trading within it: wait for the next one.
    if (slotMs - (storeTime % slotMs) <= margin) return
    const answer = carry(now, (storeNow) => {
      const made = spendOf(
        ledger,
        { lease: lease.id, id: 'x', amount: usd(lease.granted) },
        storeNow,
      )
      ledger = made.ledger
      return made.answer
    })
    if (answer?.type === 'refused') agent.wish = null
    if (answer?.type !== 'spent') return
    // The trade itself: charged by now, it happens, unless the agent is held up until its lease has ended.
    const held = random.next() < 0.01 ? Math.ceil(random.next() * 3 * slotMs) : 0
    const at = now + held
    if (held < answer.until - answer.now - margin) {
      const slot = Math.floor((at - lag) / slotMs)
      if (at - lag >= answer.until) count.late += 1
      traded.set(slot, (traded.get(slot) ?? 0n) + lease.granted)
      value += wish.urgency * Number(lease.granted)
    }
    agent.wish = null
  }

  for (let slot = 0; slot < world.slots; slot++) {
    const begin = slot * slotMs
    const crash = slot % 400 >= 200 && slot % 400 < 260
    for (const agent of agents) {
      if (agent.wish !== null && agent.wish.bornIn < slot - 1) agent.wish = null
      const asleep = begin < agent.awakeAt
      const busy = agent.wish !== null && agent.lease !== null
      if (asleep || busy || random.next() > (crash ? 1 : 0.5)) continue
      const mean = Number(BUDGET) / world.agents
      const amount = BigInt(Math.ceil(mean * logNormal(random) * (crash ? 10 : 1) * 0.5))
      agent.wish = {
        id: `${agent.name}.${slot}`,
        amount,
        urgency: logNormal(random),
        spending: 0,
        bornIn: slot,
      }
      agent.lease = null
    }
    central += optimum(agents.filter(({ wish }) => wish?.bornIn === slot))
    for (let tick = 0; tick < world.ticksPerSlot; tick++) {
      const now = begin + tick * TICK
      if (now >= storeBackAt && random.next() < world.storeDeath) {
        count.storeDeaths += 1
        storeBackAt = now + Math.ceil(random.next() * world.storeAway) * TICK
        ledger = decodeLedger('simulated', key, encodeLedger(ledger)) // what it comes back with
        lag = random.next() < 0.5 ? 0 : Math.round(random.next() * 2 * TICK)
      }
      for (let i = old.length - 1; i >= 0; i--) {
        const each = old[i]
        if (each === undefined || each.at > now || now < storeBackAt) continue
        old.splice(i, 1)
        each.deliver(now - lag)
      }
      for (const agent of shuffled(agents, random)) {
        if (now < agent.awakeAt) continue
        if (random.next() < world.agentDeath) {
          count.agentDeaths += 1
          agent.awakeAt = now + Math.ceil(random.next() * world.agentAway) * TICK
          agent.wish = null
          agent.lease = null
          continue
        }
        act(agent, now)
      }
    }
    if (slot % 64 === 63 || slot === world.slots - 1) {
      const sums = new Map<number, bigint>()
      for (const each of granted.values())
        sums.set(each.slot, (sums.get(each.slot) ?? 0n) + each.amount)
      const closed = slot - 8
      for (const [of, sum] of sums) if (of <= closed && sum > BUDGET) count.grants += 1
      for (const [of, sum] of traded) {
        if (of > closed) continue
        if (sum > BUDGET) count.trades += 1
        if (sum > peak) peak = sum
      }
      granted = new Map([...granted].filter(([, each]) => each.slot > closed))
      traded = new Map([...traded].filter(([of]) => of > closed))
    }
  }
  return {
    slots: world.slots,
    messages: count.messages,
    lost: count.lost,
    storeDeaths: count.storeDeaths,
    agentDeaths: count.agentDeaths,
    grantBreaches: count.grants,
    tradeBreaches: count.trades,
    lateTrades: count.late,
    peak: Number(peak) / Number(BUDGET),
    value: value / central,
  }
}

/** Best use of one slot's budget for the wishes born in it: the most urgent dollars first. */
function optimum(agents: readonly Agent[]): number {
  let left = Number(BUDGET)
  let sum = 0
  const wishes = agents.flatMap(({ wish }) => wish ?? [])
  for (const { amount, urgency } of wishes.toSorted((a, b) => b.urgency - a.urgency)) {
    const share = Math.min(left, Number(amount))
    sum += urgency * share
    left -= share
  }
  return sum
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const order = [...list]
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(0, i)
    const [a, b] = [order[i], order[j]]
    if (a !== undefined && b !== undefined) [order[i], order[j]] = [b, a]
  }
  return order
}

/** Log-normal with a standard deviation of 1.2 in the logarithm and mean 1. */
function logNormal(random: Random): number {
  const z = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return Math.exp(1.2 * z - 0.72)
}
