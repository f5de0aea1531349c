import { type Frame, findDomain, healthFactorOf } from '@plimsoll/domain'
import type { Assessment, DomainAssessment } from './Assessment.ts'
import { effectsOf, type Permission } from './breakers/effectsOf.ts'

/**
 * What the circuit breakers leave to an engine for one domain.
 *
 * @param p.actBelow - Health factor below which the engine would act.
 * @see RISK.md part E
 */
export function permissionOf(p: {
  readonly frame: Frame
  readonly assessment: Assessment
  readonly domain: DomainAssessment
  readonly actBelow: number
}): Permission {
  const { frame, assessment, domain } = p
  const held = findDomain(frame.portfolio, domain.domain)
  return effectsOf(
    assessment.breakers,
    {
      // What is not in the frame asks for no sale.
      healthMarket:
        held === null ? Number.POSITIVE_INFINITY : healthFactorOf(held.health(frame.marketPrices)),
      actBelow: p.actBelow,
      pHit10min: domain.hit10min,
      touches: { assets: held?.assets ?? [], venues: [domain.venue] },
    },
    { effects: assessment.effects },
  )
}
