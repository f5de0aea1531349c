/** What a model's folder says about it. */
export type Manifest = {
  readonly name: string
  readonly version: string
  readonly description: string
  /** Of `model.onnx`, in hexadecimal. */
  readonly sha256: string
  /** Operator set of the graph. */
  readonly opset: number
  /** History the features look back on; less is tolerated as far as the features say. [bars of 5 minutes] */
  readonly lookbackBars: number
  /** Columns of the tensor `features`, in order. */
  readonly features: readonly { readonly name: string; readonly unit: string }[]
  /** Whether the graph also takes the tensor `bars`. */
  readonly bars: boolean
  /** Columns of every output. */
  readonly horizonsMs: readonly number[]
  /** Levels of the last axis of `qret`, and of `qmin` and `qmax`; null where the graph lacks the outputs. */
  readonly quantiles: QuantileLevels | null
  readonly training: TrainingRecord
  readonly calibration: Calibration | null
}

/** Levels of the quantile outputs. */
export type QuantileLevels = {
  /** `P(return ≤ q)`, rising. */
  readonly returns: readonly number[]
  /** `P(excursion ≥ q)`, falling. */
  readonly excursions: readonly number[]
}

/** What a model was trained on. */
export type TrainingRecord = {
  readonly assets: readonly string[]
  /** First and last origin. [ISO date] */
  readonly from: string
  readonly to: string
  /** Of the table, in hexadecimal. */
  readonly dataSha256: string
}

/** What turns the graph's output into a forecast, measured on data that the graph was not fitted to. */
export type Calibration = {
  /** One for each horizon, in the manifest's order. */
  readonly horizons: readonly HorizonCalibration[]
}

/** Calibration of one horizon. */
export type HorizonCalibration = {
  /** Factor on the variance. */
  readonly varianceScale: number
  /** Law in units of sigma, for a graph without quantile outputs; null where it has them. */
  readonly law: StandardLaw | null
  /** Factors on the quantile outputs, by level; all 1 changes nothing. */
  readonly scale: {
    readonly returns: readonly number[]
    readonly fall: readonly number[]
    readonly rise: readonly number[]
  } | null
  /** Hill's index beyond the outermost quantile. */
  readonly fallTail: number
  readonly riseTail: number
}

/** Distribution of returns and excursions in units of sigma: filtered historical simulation. */
export type StandardLaw = {
  readonly levels: QuantileLevels
  readonly returns: readonly number[]
  readonly fall: readonly number[]
  readonly rise: readonly number[]
}
