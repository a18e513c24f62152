/** JSON values as Python's json module sees them: an int is never a float, and keys are any text. */

/** A Python int: exact at any size. */
export class PyInt {
  /** @param digits decimal, in shortest form, with a leading `-` if it is negative */
  constructor(readonly digits: string) {}
  static of(value: number | bigint): PyInt {
    return new PyInt(BigInt(value).toString());
  }
}

/** A Python float: a double. */
export class PyFloat {
  constructor(readonly value: number) {}
}

export type PyValue = null | boolean | string | PyInt | PyFloat | readonly PyValue[] | PyObject;
/** A Map, because an object would sort the keys "1" and "2" and treat `__proto__` as special. */
export type PyObject = ReadonlyMap<string, PyValue>;

/** @param fields in the order of the dict */
export function pyObject(fields: Readonly<Record<string, PyValue>>): PyObject {
  return new Map(Object.entries(fields));
}

export function isPyObject(value: PyValue | undefined): value is PyObject {
  return value instanceof Map;
}

export function isPyArray(value: PyValue | undefined): value is readonly PyValue[] {
  return Array.isArray(value);
}

/**
 * `float.__repr__`: the shortest digits that are parsed to the same double, always with a fraction or an exponent; an
 * exponent below 1e-4 and from 1e16 (CPython, Python/pystrtod.c, format_float_short with 'r').
 */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}inf`;
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}
