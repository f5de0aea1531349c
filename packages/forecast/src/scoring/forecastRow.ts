import { barrierProbability, type HorizonForecast, returnQuantile } from '@plimsoll/domain'
import { BARRIERS, type ForecastRow } from './Scored.ts'

/** A forecast as it is scored and written. */
export function forecastRow(
  asset: string,
  timestamp: number,
  { ms, variance, law }: HorizonForecast,
): ForecastRow {
  const q = (probability: number): number =>
    law === undefined ? Number.NaN : returnQuantile(law, probability)
  return {
    timestamp,
    asset,
    hours: ms / 3_600_000,
    variance,
    quantiles: law === undefined ? null : [q(0.005), q(0.01), q(0.99), q(0.995)],
    barriers:
      law === undefined
        ? null
        : BARRIERS.map((barrier) => barrierProbability(law.fall, -Math.log(1 - barrier))),
  }
}
