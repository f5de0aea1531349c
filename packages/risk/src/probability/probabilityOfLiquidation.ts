import type { MarginDomain, Prices } from '@plimsoll/domain'
import { compileDomain } from './compileDomain.ts'
import { createLiquidationModel } from './createLiquidationModel.ts'
import type { ReturnLaw } from './ReturnLaw.ts'

/**
 * Probability that a domain can be liquidated within each of some horizons.
 *
 * For one domain once; over many, or again and again, keep a {@link createLiquidationModel}.
 *
 * @throws InvalidInputError when a number of the law or a horizon is out of range, or the law lacks an asset of the domain.
 * @throws MissingPriceError when an asset has no price.
 */
export function probabilityOfLiquidation(p: {
  readonly domain: MarginDomain
  readonly prices: Prices
  readonly law: ReturnLaw
  readonly horizonsMs: readonly number[]
}): number[] {
  const model = createLiquidationModel({ law: p.law, horizonsMs: p.horizonsMs })
  const into = new Float64Array(p.horizonsMs.length)
  model.probabilities(compileDomain(p.domain, p.law.assets, p.prices), into)
  return [...into]
}
