// Who is on the line: a title or name for this one call, which the unit puts into its sentences.

const IN_CALL = ["talking", "hold"];

export class Caller {
  // tell(text): sends it; "" takes it back
  constructor(form, tell) {
    this.form = form;
    this.input = form.querySelector("input");
    this.known = "";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      tell(this.input.value);
      this.input.blur(); // 1, 2 and 3 are the buttons again
    });
  }

  draw(unit) {
    const in_call = IN_CALL.includes(unit.state);
    // what is being typed stays; what another page said, another unit or another call replaces it
    const replaced = unit.uid !== this.uid || unit.call_no !== this.call_no || unit.caller !== this.known;
    if (replaced || !in_call) this.input.value = unit.caller;
    Object.assign(this, { uid: unit.uid, call_no: unit.call_no, known: unit.caller });
    this.form.hidden = !in_call;
  }
}
