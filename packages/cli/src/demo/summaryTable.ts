import { alignedTable } from './alignedTable.ts'
import type { DemoResult, SideResult } from './DemoRecord.ts'
import { money } from './money.ts'

/** Agent against passive twin as an aligned table. */
export function summaryTable(result: DemoResult): string {
  const kept = (side: SideResult) =>
    `${money(side.equityEnd)} of ${money(side.equityStart)} (${((100 * side.equityEnd) / side.equityStart).toFixed(1)}%)`
  const liquidations = ({ liquidations, venuesLiquidated }: SideResult) =>
    venuesLiquidated.length === 0 ? '0' : `${liquidations} on ${venuesLiquidated.length} venues`
  const rows = [
    ['', 'agent', 'passive twin'],
    ['liquidations', liquidations(result.agent), liquidations(result.twin)],
    ['equity kept, gas paid', kept(result.agent), kept(result.twin)],
    ['lost to liquidators', money(result.agent.bonusesLost), money(result.twin.bonusesLost)],
    ['gas, slippage, fees', money(result.agent.costs), money(result.twin.costs)],
    ['transactions', String(result.agent.transactions), String(result.twin.transactions)],
  ]
  return alignedTable(rows).join('\n')
}
