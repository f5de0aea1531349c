import type { Consideration, RuleCheck } from '@plimsoll/domain'
import { healthText } from '../demo/healthText.ts'
import { money } from '../demo/money.ts'
import type { Decision } from './findDecision.ts'

/** A decision for people: what was seen, what was weighed, what the governor said, what came of it. */
export function explainDecision({ agent, block, seen, plan, orders }: Decision): string {
  const considered = plan.considered ?? []
  const of = (verdict: Consideration['verdict']) =>
    considered.filter((each) => each.verdict === verdict)
  const lines = [
    `Decision of ${agent} at block ${block}${seen === null ? '' : `, ${new Date(Number(seen.time) * 1000).toISOString().slice(0, 19)}Z`}`,
    ...(seen === null ? [] : sight(seen)),
    '',
    `Engine ${plan.engine}: ${plan.why}`,
    ...section('Chosen', of('chosen').map(choice)),
    ...section('Runners-up', of('runner-up').map(choice)),
    ...section(
      'Not possible',
      of('refused').map(({ domain, why }) => `${domain}: ${why}`),
    ),
  ]
  for (const { order, grant, states, transactions } of orders) {
    const { action } = grant
    const { judgement } = action
    lines.push(
      '',
      `Order ${order}: ${action.type} on ${action.domain}, health ${healthText(finite(action.healthBefore))} → ${healthText(finite(action.healthAfter))}`,
    )
    if (judgement !== undefined) {
      const chance = judgement.probability24h
      lines.push(
        `  worth ${money(judgement.benefit)} for ${money(judgement.cost)}${chance === null ? '' : `, P(liquidation within 24 h) ${share(chance.before)} → ${share(chance.after)}`}`,
      )
    }
    lines.push(
      `  governor: ${grant.type}${'rule' in grant ? ` by ${grant.rule}` : ''} (${grant.checks.map(check).join(', ')})`,
      `  outcome: ${states.map(({ state, reason }) => (reason === null ? state : `${state}, ${reason}`)).join(' → ') || 'none'}`,
      ...transactions.map(({ hash, label, status }) => `  ${status.padEnd(8)} ${hash}  ${label}`),
    )
  }
  return shorten(lines.join('\n'))
}

function sight({ equity, health, prices }: NonNullable<Decision['seen']>): readonly string[] {
  const levered = health.filter(({ factor }) => factor !== null)
  return [
    `equity ${money(equity)}; ${prices.map(({ asset, price }) => `${asset} ${money(price)}`).join(', ')}`,
    ...levered.map(({ domain, factor }) => `  health ${healthText(factor).padStart(7)}  ${domain}`),
  ]
}

const section = (title: string, rows: readonly string[]): readonly string[] =>
  rows.length === 0 ? [] : ['', title, ...rows.map((row) => `  ${row}`)]

const choice = ({ type, domain, benefit, cost, healthAfter, why }: Consideration): string =>
  `${type.padEnd(15)} benefit ${money(benefit).padStart(9)}, cost ${money(cost).padStart(8)}, health after ${healthText(finite(healthAfter))}  ${domain}: ${why}`

const check = ({ rule, asked, limit, unit }: RuleCheck): string =>
  `${rule} ${asked.toFixed(0)} of ${limit.toFixed(0)} ${unit}`

const share = (value: number): string => `${Number((100 * value).toPrecision(2))} %`

const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null

/** Addresses in full help nobody who reads. */
const shorten = (text: string): string =>
  text.replaceAll(/0x([0-9a-fA-F]{4})[0-9a-fA-F]{32}([0-9a-fA-F]{4})(?![0-9a-fA-F])/g, '0x$1…$2')
