import { createRequire } from 'node:module'
import type * as Core from '@uniswap/sdk-core'
import type * as V3 from '@uniswap/v3-sdk'

// The SDK's ES modules import folders, which Node refuses; its CommonJS build is the same code and loads.
const require = createRequire(import.meta.url)
const core: typeof Core = require('@uniswap/sdk-core')
const v3: typeof V3 = require('@uniswap/v3-sdk')

/** Integers as Uniswap's SDK holds them. */
export type SdkInteger = Core.Fraction['numerator']

export const sdkInteger = (value: bigint): SdkInteger =>
  new core.Fraction(value.toString()).numerator
export const fromSdkInteger = (value: SdkInteger): bigint => BigInt(value.toString())

export const { TickMath, v3Swap } = v3
export type { TickDataProvider } from '@uniswap/v3-sdk'
export { core, v3 }
