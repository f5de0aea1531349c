import { type Action, type Frame, usd } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { benchAction, benchFrame } from '../governor/benchFrame.ts'
import { composeGovernor, type GovernorName } from './composeGovernor.ts'

/** Judged to save the whole loan. */
const action: Action = {
  ...benchAction,
  judgement: { benefit: 9, cost: 1, probability24h: { before: 0.9, after: 0.01 } },
}
const SLOT = 60

/** A minute per frame, the price falling by `fall` a minute; the pool's depth by `depth`. */
async function compose(name: GovernorName, p: { readonly fall: number; readonly depth?: bigint }) {
  const clock = { at: 0, now: () => clock.at }
  const frameAt = (minute: number): Frame => {
    const frame = benchFrame(SLOT * minute)
    const ether = 2_000 * (1 - p.fall) ** minute
    const depthUsd = usd(p.depth ?? 5_000_000n * 10n ** 8n)
    return {
      ...frame,
      marketPrices: new Map([...frame.marketPrices, ['ETH', ether]]),
      depth: frame.depth.map((each) => ({ ...each, depthDown: depthUsd, depthUp: depthUsd })),
    }
  }
  const composed = await composeGovernor(name, { clock, opened: benchFrame(0) })
  let frame = frameAt(0)
  for (let minute = 0; minute < 40; minute++) {
    frame = frameAt(minute)
    clock.at = SLOT * 1_000 * minute
    composed.observe(frame)
  }
  return { ...composed, frame }
}

test('default: in calm the fleet rules allow a small sale, and name every limit', async () => {
  const { governor, frame } = await compose('footprint', { fall: 0 })
  const grant = await governor.grant({ action, frame })
  expect(grant.type).toBe('allowed')
  expect(grant.checks.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['participation', 'depth-share', 'own-impact-amber', 'budget']),
  )
  expect(grant.checks.map(({ rule }) => rule)).not.toContain('net-footprint')
})

test('behavior: a market without depth is closed to both governors and open without one', async () => {
  const answers = new Map<GovernorName, string>()
  for (const name of ['off', 'caps', 'footprint'] as const) {
    const { governor, frame } = await compose(name, { fall: 0, depth: 0n })
    answers.set(name, (await governor.grant({ action, frame })).type)
  }
  expect(Object.fromEntries(answers)).toEqual({
    off: 'allowed',
    caps: 'denied',
    footprint: 'denied',
  })
})

test('behavior: a fall makes the market volatile, and a large sale is weighed by the odds of its judgement', async () => {
  const { governor, frame } = await compose('footprint', { fall: 0.004 })
  const large: Action = {
    ...action,
    intents: action.intents.map((intent) =>
      intent.type === 'swap'
        ? { ...intent, amountIn: 80n * intent.amountIn, minOut: 80n * intent.minOut }
        : { ...intent, ...('raw' in intent ? { raw: 80n * intent.raw } : {}) },
    ) as Action['intents'],
  }
  const hopeless: Action = {
    ...large,
    judgement: { benefit: 9, cost: 1, probability24h: { before: 0.9, after: 0.8999 } },
  }
  const weighed = await governor.grant({ action: hopeless, frame })
  const net = weighed.checks.find(({ rule }) => rule === 'net-footprint')
  const volume = weighed.checks.find(({ rule }) => rule === 'participation')
  expect(volume?.asked).toBeGreaterThan(20_000)
  expect(net?.unit).toContain('P 0.9000')
  expect(weighed).toMatchObject({ type: 'denied', rule: 'net-footprint' })
})
