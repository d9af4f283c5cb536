/** The seed of this run: `DIFFERENTIAL_SEED`, or one that does not change from run to run. */
export function seedOfRun(): number {
  const given = process.env['DIFFERENTIAL_SEED'];
  return given === undefined ? 20_261_124 : Number(given);
}
