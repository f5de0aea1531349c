import { fileURLToPath } from 'node:url'

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../../../models/${name}`, import.meta.url))

/** Folder of the model that answers unless another is named. */
export const DEFAULT_MODEL: string = folder('vol-quantile')

/** Folder of the regression that answers when a model cannot. */
export const FALLBACK_MODEL: string = folder('har-x')
