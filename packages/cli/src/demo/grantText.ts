import type { RuleCheck } from '@plimsoll/domain'
import type { GrantRecord } from './DemoRecord.ts'
import { money } from './money.ts'

/** The governor's answer in a line: outcome, the rule that decided, what was asked and what is allowed. */
export function grantText({ outcome, rule, checks }: GrantRecord): string {
  if (rule === null) {
    const tightest = checks
      .filter(({ rule: each, limit }) => !isSeenOnly(each) && limit > 0)
      .reduce<RuleCheck | null>((a, b) => (a === null || use(b) > use(a) ? b : a), null)
    return tightest === null ? outcome : `${outcome}, most of ${checkText(tightest)}`
  }
  const check = checks.findLast((each) => each.rule === rule)
  return `${outcome} by ${check === undefined ? rule : checkText(check)}`
}

/** A limit as `rule: asked of allowed`. */
export function checkText({ rule, asked, limit, unit }: RuleCheck): string {
  const [first = '', ...rest] = unit.split(' ')
  const amount = (value: number): string =>
    first === 'USD' ? money(value) : `${Number(value.toPrecision(3))}`
  const more = first === 'USD' ? rest.join(' ') : unit
  return `${rule}: ${amount(asked)} of ${amount(limit)}${more === '' ? '' : ` ${more}`}`
}

/** What a governor looks at and no single rule decides by. */
const isSeenOnly = (rule: string): boolean => rule === 'reproduction' || rule.startsWith('wall-own')

const use = ({ asked, limit }: RuleCheck): number => asked / limit
