import type { FrameAssessed, FrameObserved, RebalanceEngine } from '@plimsoll/domain'
import type { Governor } from '@plimsoll/governor'
import type { AgentMode, AgentPolicy } from '@plimsoll/kernel'
import { type Assessment, assess } from '@plimsoll/risk'
import type { MarginKeeperConfig } from './config.ts'
import type { Observation } from './preservation.ts'

/** One engine per mode. */
export type Engines = { readonly [Mode in AgentMode]: RebalanceEngine<Assessment> }

/**
 * Creates the policy of a margin keeper: pure functions, no memory.
 *
 * While preserving, while prices have diverged and while a breaker is not green, nothing is boosted, whatever the engine: defence is all that is left in the plan.
 */
export function createPolicy(p: {
  readonly config: MarginKeeperConfig
  readonly engines: Engines
  readonly governor: Governor
}): AgentPolicy {
  return {
    assess: (seen) => assess({ ...seen, config: p.config.assess }),
    plan({ frame, assessment, mode }) {
      const plan = p.engines[mode].plan(frame, assessment)
      const { overall } = assessment.breakers
      if (mode === 'normal' && !assessment.diverged && overall === 'green') return plan
      const actions = plan.actions.filter(({ type }) => type !== 'boost')
      if (actions.length === plan.actions.length) return plan
      const cause =
        mode === 'preserving'
          ? 'preserving capital'
          : assessment.diverged
            ? 'prices have diverged'
            : `a breaker is ${overall}`
      return { ...plan, actions, why: `${plan.why}; no boost while ${cause}` }
    },
    govern: (proposal) => p.governor.grant(proposal),
  }
}

/** What preservation looks at in an assessed frame: the worse of two prices counts. */
export function observe(time: bigint, assessment: Assessment): Observation {
  const weakest = assessment.domains.find(({ domain }) => domain === assessment.weakest)
  const { any24h, breakers, sigmaRatio, forcedVenues, outlook } = assessment
  return {
    time,
    equity: assessment.equity,
    weakest: weakest?.healthFactor ?? null,
    breakers: breakers.overall,
    forcedVenues,
    // An agent without any forecast does not watch what it could never know.
    ...(outlook.forecasts.length === 0
      ? {}
      : { probability24h: any24h?.estimate ?? null, sigmaRatio }),
  }
}

/**
 * The same from the journal, after a restart.
 *
 * @param assessed - What was logged of the same frame's assessment. Without it probability, breakers and volatility were watched and
 *   are not known any more: such a frame can enter preservation and never leave it.
 */
export function recall(
  { time, equity, health }: FrameObserved,
  assessed: FrameAssessed | null = null,
): Observation {
  const factors = health.flatMap(({ factor }) => factor ?? [])
  return {
    time,
    equity,
    weakest: factors.length === 0 ? null : Math.min(...factors),
    probability24h: assessed?.any24h ?? null,
    breakers: assessed?.level ?? null,
    sigmaRatio: assessed?.sigmaRatio ?? null,
    forcedVenues: assessed?.forcedVenues ?? null,
  }
}
