import {
  type Action,
  type Address,
  type CallContext,
  InvalidIntentError,
  type LendingVenue,
  MissingCapabilityError,
} from '@plimsoll/domain'
import {
  createSimulatedWorld,
  decodeCall,
  SIMULATED_USDC,
  SIMULATED_WETH,
  type SimulatedWorld,
} from '@plimsoll/testkit'
import { beforeEach, expect, test } from 'vitest'
import { createActions, createTestDesk, type Seen } from '../test/createTestDesk.ts'
import { composeCalls } from './composeCalls.ts'

let world: SimulatedWorld
let seen: Seen
beforeEach(async () => {
  world = await createSimulatedWorld()
  seen = await createTestDesk(world).see()
})

const compose = (action: Action, over: Partial<Parameters<typeof composeCalls>[0]> = {}) =>
  composeCalls({
    action,
    venues: { lending: [world.first, world.second], perps: [world.perp], swaps: [world.pool] },
    executor: world.executor,
    frame: seen.frame,
    deadline: 99n,
    ...over,
  })

test('default: direct intents become the calls of their venues, in order', () => {
  const calls = compose(createActions(world).transfer(5))
  expect(calls.map(({ call: { venue, label } }) => [venue, label])).toEqual([
    [world.perp.id, 'withdraw 5 USDC'],
    [world.first.id, 'repay 5 USDC'],
  ])
})

test('default: an atomic action is one call that sweeps every token once, the loan’s first', () => {
  const action = createActions(world).deleverage({ repay: 5, sell: 1, minOut: 1 })
  const [call, ...others] = compose(action)
  expect(others).toEqual([])
  const { args } = decodeCall(call!.call.data)
  expect(args.sweep).toEqual([SIMULATED_USDC.address, SIMULATED_WETH.address])
  expect(args.loan).toEqual({ token: SIMULATED_USDC.address, raw: 5_000_000n })
})

test('behavior: venues are told sender, deadline and the position of the intent', () => {
  const contexts: CallContext[] = []
  const listening: LendingVenue = {
    ...world.first,
    encode(intent, context) {
      contexts.push(context)
      return world.first.encode(intent, context)
    },
  }
  const venues = { lending: [listening], perps: [], swaps: [world.pool] }
  const act = createActions(world)
  compose(act.repay(1), { venues })
  compose(act.deleverage({ repay: 5, sell: 1, minOut: 1 }), { venues })
  const senders: Address[] = [world.owner, world.executor.address, world.executor.address]
  expect(contexts.map(({ sender }) => sender)).toEqual(senders)
  for (const { owner, deadline, position } of contexts)
    expect([owner, deadline, position]).toEqual([world.owner, 99n, seen.frame.lending[0]])
})

test('error: MissingCapabilityError for what a venue, the executor or the desk cannot do', () => {
  const act = createActions(world)
  const savings: LendingVenue = { ...world.first, capabilities: ['supply', 'withdraw'] }
  const venues = { lending: [savings], perps: [world.perp], swaps: [world.pool] }
  expect(() => compose(act.repay(1), { venues })).toThrow(MissingCapabilityError)
  const atomic = act.deleverage({ repay: 5, sell: 1, minOut: 1 })
  expect(() => compose(atomic, { executor: null })).toThrow(MissingCapabilityError)
  const lent = { ...atomic, flashLoan: { token: SIMULATED_WETH, raw: 1n } }
  expect(() => compose(lent)).toThrow(MissingCapabilityError)
})

test('error: InvalidIntentError for a venue nobody knows', () => {
  const act = createActions(world)
  for (const action of [act.repay(1), act.sell(1, 1), act.transfer(1)])
    expect(() => compose(action, { venues: { lending: [], perps: [], swaps: [] } })).toThrow(
      InvalidIntentError,
    )
})
