/** Files of real market data that scenarios read. */
export const DATA_FILES = ['ETHUSDT_5m.csv.gz', 'BTCUSDT_5m.csv.gz'] as const

/** Folder of real market data named by `PLIMSOLL_DATA`; null when it names none. */
export function dataDir(): string | null {
  return process.env.PLIMSOLL_DATA || null
}
