import type { HorizonForecast } from '@plimsoll/domain'
import type { FeatureContext } from './features/FEATURES.ts'

/** A model that forecasts from five-minute bars: classical ones and graphs alike. */
export type BarModel = {
  /** `name@version` */
  readonly id: string
  readonly horizonsMs: readonly number[]
  /**
   * Forecasts of many assets or origins at once, in their order.
   *
   * @throws a BaseError of family `MODEL_` when it has none.
   */
  forecast(contexts: readonly FeatureContext[]): Promise<readonly (readonly HorizonForecast[])[]>
}
