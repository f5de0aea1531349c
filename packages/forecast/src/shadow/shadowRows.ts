import type { Event, Forecast } from '@plimsoll/domain'
import { forecastRow } from '../scoring/forecastRow.ts'
import type { ForecastRow } from '../scoring/Scored.ts'

/** Full hours: origins that realised variances are known for. [ms] */
const HOUR_MS = 3_600_000

/**
 * What an agent's log says of a model on trial: its forecasts and those acted on, for `judgeShadow`.
 *
 * @param model - `name@version` of the model on trial.
 */
export function shadowRows(
  events: readonly Event[],
  model: string,
): { readonly candidate: readonly ForecastRow[]; readonly acting: readonly ForecastRow[] } {
  const rows = (forecast: Forecast | null): readonly ForecastRow[] =>
    forecast === null || forecast.at % HOUR_MS !== 0
      ? []
      : forecast.horizons.map((horizon) => forecastRow(forecast.asset, forecast.at / 1000, horizon))
  const said = events.filter(
    (event) => event.type === 'forecast.shadowed' && event.shadow.model === model,
  )
  return {
    candidate: said.flatMap((event) => ('shadow' in event ? rows(event.shadow) : [])),
    acting: said.flatMap((event) => ('acting' in event ? rows(event.acting) : [])),
  }
}
