export type { PerpV2Config, PerpV2Market } from './config.ts'
export { createPerpV2 } from './createPerpV2.ts'
export { MarkPriceUndefinedError, UnsupportedAccountError } from './errors.ts'
export { perpV2Rules } from './perpV2Rules.ts'
