// The plan builder redraws its result as the plan changes. Without this file the form does the same with a button.
(() => {
  const form = document.querySelector("form[data-plan]");
  const result = document.querySelector("[data-plan-result]");
  const status = document.querySelector("[data-plan-status]");
  if (!form || !result) return;

  form.querySelector("[data-plan-button]")?.toggleAttribute("hidden", true);

  let latest = 0;
  let stale = false;
  let timer;

  async function redraw() {
    clearTimeout(timer);
    const turn = ++latest;
    const asked = new URLSearchParams(new FormData(form));
    result.setAttribute("aria-busy", "true");
    const answer = await fetch(`${form.dataset.plan}?${asked}`, { credentials: "same-origin" });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    const html = await answer.text();
    if (turn !== latest) return;
    const open = result.querySelector("details")?.open ?? false;
    result.innerHTML = html;
    result.querySelector("details")?.toggleAttribute("open", open);
    result.removeAttribute("aria-busy");
    stale = false;
    status.textContent = [...result.querySelectorAll("title, .rf-sum-total, .rf-empty")].map((part) => part.textContent.trim()).join(". ");
    if (answer.ok) history.replaceState(null, "", `${form.action}?${asked}`);
  }

  // When the part cannot be had, the whole page can.
  const tryRedraw = () => redraw().catch(() => form.submit());

  form.addEventListener("input", () => {
    stale = true;
    clearTimeout(timer);
    timer = setTimeout(tryRedraw, 120);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tryRedraw();
  });

  // What goes into the basket is what was typed last, even when its drawing is still on the way.
  result.addEventListener("submit", async (event) => {
    if (!stale) return;
    event.preventDefault();
    const wanted = event.submitter?.value;
    await tryRedraw();
    if (!stale) (result.querySelector(`button[value="${wanted}"]`) ?? result.querySelector("form button"))?.click();
  });
})();
