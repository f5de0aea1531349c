/** Rows as lines of columns padded to their widest cell, a rule under the first row. */
export function alignedTable(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(width[i] ?? 0))
      .join('   ')
      .trimEnd(),
  )
  lines.splice(1, 0, width.map((w) => '─'.repeat(w)).join('   '))
  return lines
}
