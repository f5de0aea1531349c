export { aaveV3Rules } from './aaveV3Rules.ts'
export { type AaveReserve, type AaveV3Config, domainIdOf } from './config.ts'
export { type AaveV3, createAaveV3, loadAaveV3 } from './createAaveV3.ts'
export { UnsupportedByAdapterError, VenueChangedError } from './errors.ts'
