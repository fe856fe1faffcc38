# Intervals of predicted survival and concordance under weights and delayed entry, on the data that come with survival.
suppressMessages(library(survival))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
full <- lung[complete.cases(lung[, c("age", "sex", "ph.ecog")]), ]
full$w <- rep(1:3, length.out = nrow(full))
x <- as.matrix(full[, c("age", "sex", "ph.ecog")])
times <- c(100, 300, 500)
cases <- sapply(list(list("Efron, log", "efron", "log", NULL), list("Breslow, log-log", "breslow", "log-log", NULL), list("weighted, plain", "breslow", "plain", full$w)), function(k) {
  full$case <- if (is.null(k[[4]])) rep(1, nrow(full)) else k[[4]]
  fit <- coxph(Surv(time, status) ~ age + sex + ph.ecog, full, ties = k[[2]], weights = case)
  s <- summary(survfit(fit, newdata = full[c(1, 10, 50), ], conf.type = k[[3]]), times = times)
  obj(case = paste0('"', k[[1]], '"'), time = num(full$time), event = num(full$status - 1), x = num(t(x)), weights = num(full$case), ties = paste0('"', k[[2]], '"'),
    interval = paste0('"', c(log = "log", "log-log" = "logLog", plain = "plain")[k[[3]]], '"'), at = num(t(x[c(1, 10, 50), ])), times = num(times),
    survival = num(t(s$surv)), standardError = num(t(s$std.err)), lower = num(t(s$lower)), upper = num(t(s$upper)))
})
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
write <- function(name, tolerance, cases) writeLines(obj(package = '"survival"', version = paste0('"', packageVersion("survival"), '"'), script = '"parity/r/cox.R"', seed = "null", tolerance = tolerance, cases = paste0("[", paste(cases, collapse = ","), "]")),
  file.path(here, "../../packages/stats/test/parity/fixtures", paste0(name, ".json")))
write("r-cox-survival", 1e-8, cases)
shape <- function(name, time, event, x, weights, entry, count) obj(case = paste0('"', name, '"'), time = num(time), event = num(event), x = num(x), weights = if (is.null(weights)) "null" else num(weights), entry = if (is.null(entry)) "null" else num(entry), counts = num(count[1:3]))
weighted <- concordance(Surv(time, status) ~ age, full, weights = w)
entered <- concordance(Surv(start, stop, event) ~ age, heart)
both <- concordance(Surv(start, stop, event) ~ year, heart, weights = rep(1:4, 43))
write("r-concordance", 1e-10, c(shape("weights", full$time, full$status - 1, full$age, full$w, NULL, weighted$count), shape("delayed entry", heart$stop, heart$event, heart$age, NULL, heart$start, entered$count), shape("both", heart$stop, heart$event, heart$year, rep(1:4, 43), heart$start, both$count)))
months <- transform(full, month = ceiling(time / 30))
tied <- function(name, fit, time, event, strata, x, survival) obj(case = paste0('"', name, '"'), time = num(time), event = num(event), strata = strata, x = num(t(x)),
  coefficients = num(coef(fit)), standardErrors = num(sqrt(diag(vcov(fit)))), logLikelihood = num(fit$loglik), score = one(summary(fit)$sctest[[1]]), survival = survival)
strict <- coxph.control(eps = 1e-11, toler.chol = 1e-13)
plain <- coxph(Surv(month, status) ~ age + sex + ph.ecog, months, method = "exact", control = strict)
within <- coxph(Surv(month, status) ~ age + ph.ecog + strata(sex), months, method = "exact", control = strict)
write("r-cox-exact", 1e-8, c(
  tied("lung in months", plain, months$month, months$status - 1, "null", months[, c("age", "sex", "ph.ecog")], num(summary(survfit(plain, newdata = data.frame(age = 60, sex = 1, ph.ecog = 1)), times = c(5, 10, 20))$surv)),
  tied("by sex", within, months$month, months$status - 1, num(months$sex), months[, c("age", "ph.ecog")], "null")))
