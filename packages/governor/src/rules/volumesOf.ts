import { type Frame, numberFromUsd } from '@plimsoll/domain'
import type { ReadingGuard } from '../market/createReadingGuard.ts'
import type { MarketView } from './MarketView.ts'

/** Guarded five-minute volumes of every pool of a market's asset. [USD] */
export function volumesOf(view: MarketView, frame: Frame, guard: ReadingGuard): readonly number[] {
  const { asset, side } = view.footprint
  const at = Number(frame.block.timestamp) * 1_000
  const volumes: number[] = []
  for (const reading of frame.depth) {
    if (reading.asset !== asset) continue
    const readings = guard.of(`${reading.venue} ${asset} ${side}`)
    const volume = readings.rely('volume', numberFromUsd(reading.volume5m), at)
    if (volume > 0) volumes.push(volume)
  }
  return volumes
}
