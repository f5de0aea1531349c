export { createChainlink } from './createChainlink.ts'
export { IncompleteRoundError, NonPositivePriceError } from './errors.ts'
export type { Feed } from './Feed.ts'
