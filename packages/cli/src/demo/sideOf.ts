import { type DomainId, equity, type Frame, numberFromWad } from '@plimsoll/domain'
import type { SideFrame } from './DemoRecord.ts'

/** A portfolio for display: health as each venue itself states it, equity at market prices. */
export function sideOf(frame: Frame, labelOf: (domain: DomainId) => string): SideFrame {
  const health: Record<string, number | null> = {}
  for (const position of frame.lending)
    health[labelOf(position.domain)] = position.debt.some(({ raw }) => raw > 0n)
      ? numberFromWad(position.healthFactor)
      : null
  for (const { domain, equity: own, maintenanceMargin } of frame.perps)
    health[labelOf(domain)] =
      maintenanceMargin === 0n ? null : Math.max(0, Number(own) / Number(maintenanceMargin))
  return { equity: equity(frame.portfolio, frame.marketPrices), health }
}
