import { InvalidInputError } from '@plimsoll/domain'

/** Flow that the market has not absorbed yet, in two buckets of different half-lives. [USD] */
export type FlowState = {
  readonly fast: number
  readonly slow: number
}

/** Share of a trade that decays with each half-life. */
export const FAST_SHARE = 0.6
/** [ms] */
export const FAST_HALF_LIFE = 30 * 60_000
export const SLOW_HALF_LIFE = 12 * 3_600_000

export const NO_FLOW: FlowState = { fast: 0, slow: 0 }

/**
 * Lets time pass: `J(t) = J₀·(0.6·2^(−t/30 min) + 0.4·2^(−t/12 h))`.
 *
 * @param ms - Time since the state was true. Never negative: a clock that went back would bring flow back.
 * @throws InvalidInputError when it is negative or no number.
 * @see Bucci et al., arXiv:1901.05332; RISK.md F1
 */
export function decayFlow({ fast, slow }: FlowState, ms: number): FlowState {
  if (!(ms >= 0))
    throw new InvalidInputError({
      field: 'time since the flow',
      found: ms,
      allowed: '0 ms or more',
    })
  return { fast: fast * 2 ** (-ms / FAST_HALF_LIFE), slow: slow * 2 ** (-ms / SLOW_HALF_LIFE) }
}

/** Adds a trade of now. */
export const addFlow = ({ fast, slow }: FlowState, value: number): FlowState => ({
  fast: fast + FAST_SHARE * value,
  slow: slow + (1 - FAST_SHARE) * value,
})

/** What is not absorbed. [USD] */
export const unabsorbed = ({ fast, slow }: FlowState): number => fast + slow
