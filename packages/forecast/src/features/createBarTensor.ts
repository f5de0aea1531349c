import { BAR_CHANNELS, BAR_STEPS } from '../session/checkDeclared.ts'
import type { FeatureContext } from './FEATURES.ts'

/** The last day bar by bar, `[contexts, 288, 4]`: log return, log range, absolute return, and 1 where there is a bar. */
export function createBarTensor(contexts: readonly FeatureContext[]): Float32Array {
  const out = new Float32Array(contexts.length * BAR_STEPS * BAR_CHANNELS)
  let at = 0
  for (const { own, i } of contexts)
    for (let k = i - BAR_STEPS; k < i; k++, at += BAR_CHANNELS) {
      if (own.bars.present[k] !== 1) continue
      const r = own.returns[k] ?? 0
      out[at] = r
      out[at + 1] = Math.log((own.bars.high[k] ?? 1) / (own.bars.low[k] ?? 1))
      out[at + 2] = Math.abs(r)
      out[at + 3] = 1
    }
  return out
}
