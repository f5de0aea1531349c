import type { Consideration } from '@plimsoll/domain'
import type { DomainAssessment } from '../Assessment.ts'
import { describeUsd } from '../describe.ts'
import type { Candidate, Refusal } from './Candidate.ts'

/** What was taken. */
export const chosenLine = ({ action, benefit, cost }: Candidate): Consideration => ({
  type: action.type,
  domain: action.domain,
  verdict: 'chosen',
  benefit,
  cost,
  healthAfter: action.healthAfter,
  why: action.why,
})

/** What was not taken: a runner-up, or what was not possible. */
export const lineOf = (each: Candidate | Refusal): Consideration =>
  each.type === 'possible'
    ? { ...chosenLine(each), verdict: 'runner-up' }
    : {
        type: each.lever,
        domain: each.domain,
        verdict: 'refused',
        benefit: 0,
        cost: 0,
        healthAfter: null,
        why: each.why,
      }

/** What a domain that is left alone was weighed on: holding is what was chosen. */
export const rejected = (
  { domain, healthFactor }: DomainAssessment,
  all: readonly (Candidate | Refusal)[],
): readonly Consideration[] => [
  {
    type: 'hold',
    domain,
    verdict: 'chosen',
    benefit: 0,
    cost: 0,
    healthAfter: healthFactor,
    why: 'nothing that is possible is worth its price',
  },
  ...all.map(lineOf),
]

/** The same in words. */
export function holdWhy(
  { domain }: DomainAssessment,
  all: readonly (Candidate | Refusal)[],
): string {
  const parts = all.map((each) =>
    each.type === 'refused'
      ? each.why
      : `${each.action.type} costs ${describeUsd(each.cost)} for ${describeUsd(each.benefit)}`,
  )
  return `${domain}: hold (${parts.join('; ') || 'no lever'}).`
}
