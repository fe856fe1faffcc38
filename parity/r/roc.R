# ROC curves by pROC: tests of two areas, bands of a curve, best thresholds; its own data.
suppressMessages(library(pROC))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
text <- function(v) paste0('"', v, '"')
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
data(aSAH)
scores <- list(s100b = aSAH$s100b, ndka = aSAH$ndka, wfns = as.integer(aSAH$wfns))
curves <- lapply(scores, function(s) roc(aSAH$outcome, s, quiet = TRUE, direction = "<"))
tests <- unlist(lapply(list(c("s100b", "wfns"), c("s100b", "ndka")), function(p) sapply(c("two.sided", "less", "greater"), function(alternative) {
  paired <- roc.test(curves[[p[1]]], curves[[p[2]]], alternative = alternative)
  apart <- suppressWarnings(roc.test(curves[[p[1]]], curves[[p[2]]], alternative = alternative, paired = FALSE))
  obj(case = text(paste(p[1], "and", p[2], alternative)), kind = text("test"), scores = paste0("[", paste(text(p), collapse = ","), "]"), alternative = text(sub("two.sided", "twoSided", alternative)),
    paired = num(c(paired$statistic, paired$p.value)), apart = num(c(apart$statistic, apart$parameter, apart$p.value)))
})))
bands <- unlist(lapply(c("s100b", "wfns"), function(s) unlist(lapply(c("specificity", "sensitivity"), function(focus) sapply(list(c(.9, 1), c(.8, 1), c(.8, .9)), function(b)
  obj(case = text(paste(s, focus, b[1], b[2])), kind = text("band"), scores = paste0("[", text(s), "]"), of = text(focus), from = b[1], to = b[2],
    area = one(as.numeric(auc(curves[[s]], partial.auc = rev(b), partial.auc.focus = focus))), corrected = one(as.numeric(auc(curves[[s]], partial.auc = rev(b), partial.auc.focus = focus, partial.auc.correct = TRUE)))))))))
best <- unlist(lapply(c("s100b", "wfns"), function(s) unlist(lapply(c("youden", "closest.topleft"), function(by) sapply(list(c(1, .5), c(1, .2), c(5, .2)), function(w) {
  at <- coords(curves[[s]], "best", best.method = by, best.weights = w, transpose = FALSE)
  obj(case = text(paste(s, by, w[1], w[2])), kind = text("best"), scores = paste0("[", text(s), "]"), by = text(sub("closest.topleft", "closestTopLeft", by, fixed = TRUE)), costRatio = w[1], prevalence = w[2], at = num(unlist(at[nrow(at), c("threshold", "sensitivity", "specificity")])))
})))))
data <- obj(case = text("data"), kind = text("data"), y = num(as.integer(aSAH$outcome == "Poor")), s100b = num(scores$s100b), ndka = num(scores$ndka), wfns = num(scores$wfns))
writeLines(obj(package = text("pROC"), version = text(as.character(packageVersion("pROC"))), script = text("parity/r/roc.R"), seed = "null", tolerance = 1e-9, cases = paste0("[", paste(c(data, tests, bands, best), collapse = ","), "]")),
  file.path(here, "../../packages/stats/test/parity/fixtures/r-roc.json"))
