/** An input method is composing: Enter chooses a candidate, Escape drops it. Some report it only by the key code 229. */
export function isComposing(event: { nativeEvent: { isComposing?: boolean }; keyCode: number }): boolean {
  return event.nativeEvent.isComposing === true || event.keyCode === 229;
}
