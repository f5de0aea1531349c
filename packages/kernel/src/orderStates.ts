import type { OrderState } from '@plimsoll/domain'

/** A venue has a trade of it that someone fills later. */
export const isCommitted = (state: OrderState): boolean =>
  state === 'committed' || state === 'executable'

/** Nothing more is to come of it, as far as anyone knows. */
export const isEnded = (state: OrderState): boolean => ENDS.includes(state)

const ENDS: readonly OrderState[] = [
  'denied',
  'refused',
  'reconciled',
  'executed',
  'expired',
  'cancelled',
]
