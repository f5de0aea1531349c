import { type Frame, numberFromUsd } from '@plimsoll/domain'
import type { ReadingGuard } from '../market/createReadingGuard.ts'
import type { MarketView } from './MarketView.ts'

/** Guarded five-minute volumes of every pool of a market's asset. [USD] */
export function volumesOf(view: MarketView, frame: Frame, guard: ReadingGuard): readonly number[] {
  const { asset, side } = view.footprint
  const at = Number(frame.block.timestamp) * 1_000
  return frame.depth
    .filter((reading) => reading.asset === asset)
    .map(({ venue, volume5m }) =>
      guard.rely(`volume ${venue} ${asset} ${side}`, numberFromUsd(volume5m), at),
    )
    .filter((volume) => volume > 0)
}
